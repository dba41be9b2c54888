// One item: what it is, where, since when, and every version that is kept.
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Node } from "@/api/model";
import { IconButton } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { When } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { fileIcon } from "../list/file-icon";
import { Versions } from "./versions";
import css from "./details.module.css";

export interface DetailsProps {
  nodes: readonly Node[];
  place: string;
  /** The main thing to do with it: a button made by the page. */
  primary: ReactNode;
  onClose: () => void;
}

export function DetailsPanel(props: DetailsProps & { asDialog: boolean }) {
  const { t } = useI18n();
  if (props.asDialog) {
    if (props.nodes.length === 0) return null;
    return (
      <Dialog title={t("files.details")} onClose={props.onClose} size={480}>
        <div className={css["content"]}>
          <Details {...props} />
        </div>
      </Dialog>
    );
  }
  return (
    <aside className={css["panel"]} aria-label={t("files.details")}>
      <div className={css["close"]}>
        <IconButton small icon={IconX} label={t("files.close_details")} onClick={props.onClose} />
      </div>
      <Details {...props} />
    </aside>
  );
}

function Details({ nodes, place, primary }: DetailsProps) {
  const { t, format } = useI18n();
  const node = nodes[0];
  if (!node) return <p className={css["hint"]}>{t("files.details_none")}</p>;
  if (nodes.length > 1) {
    const size = nodes.reduce((sum, each) => sum + each.size, 0);
    return (
      <div>
        <h3 className={css["title"]}>{t("files.selected", { count: nodes.length })}</h3>
        <p className="muted num">{format.bytes(size)}</p>
      </div>
    );
  }
  const Glyph = fileIcon(node.kind, node.name);
  return (
    <>
      <div className={css["top"]}>
        <span className={css["pic"]} data-kind={node.kind}>
          <Glyph size={30} stroke={1.3} aria-hidden />
        </span>
        <div>
          <h3 className={css["title"]}>{visibleName(node.name)}</h3>
          <p className="muted num">
            {[
              node.kind === "folder" ? t("files.folder") : (node.media_type ?? t("files.file")),
              format.bytes(node.size),
              node.version ? t("files.version_n", { count: node.version.number }) : "",
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
      </div>
      <div className={css["primary"]}>{primary}</div>
      <dl className={css["facts"]}>
        <dt>{t("files.column_changed")}</dt>
        <dd>
          <When time={node.changed_at} />
          {node.changed_by ? `, ${node.changed_by.display_name}` : null}
        </dd>
        <dt>{t("files.place")}</dt>
        <dd>{place}</dd>
        {node.version ? (
          <>
            <dt>SHA-256</dt>
            <dd className={css["hash"]}>{node.version.sha256}</dd>
          </>
        ) : null}
      </dl>
      {node.kind === "file" ? <Versions node={node} /> : null}
    </>
  );
}
