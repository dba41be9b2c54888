// One item: what it is, where, since when, and every version that is kept.
import { Skeleton } from "@mantine/core";
import { IconDownload, IconX } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useApi } from "@/api/context";
import type { Node, Version } from "@/api/model";
import { keys } from "@/api/queries";
import { Button, IconButton } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Tag, When } from "@/components/small";
import { ErrorState } from "@/components/states";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { contentUrl, versionUrl } from "../api/download";
import { listVersions } from "../api/list-versions";
import { fileIcon } from "../list/file-icon";
import { useDownload } from "../use-download";
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

const origins: Record<Version["origin"], MessageKey> = {
  upload: "files.origin_upload",
  sync: "files.origin_sync",
  office: "files.origin_office",
  copy: "files.origin_copy",
  import: "files.origin_import",
  conflict: "files.origin_conflict",
  editor: "files.origin_editor",
  workspace: "files.origin_workspace",
  restore: "files.origin_restore",
  other: "files.origin_other",
};

function Versions({ node }: { node: Node }) {
  const { t, format } = useI18n();
  const api = useApi();
  const download = useDownload();
  const versions = useInfiniteQuery({
    queryKey: [...keys.versions(node.id), node.version?.id],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => listVersions(api, node.id, pageParam, signal),
    getNextPageParam: (page) => page.next,
  });
  const items = versions.data?.pages.flatMap((page) => page.items);
  return (
    <section className={css["versions"]} aria-label={t("files.versions")}>
      <h4>{t("files.versions")}</h4>
      {versions.isError ? (
        <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
      ) : null}
      {versions.isPending ? (
        <>
          <Skeleton height={34} mt={8} />
          <Skeleton height={34} mt={8} />
        </>
      ) : null}
      <ol>
        {items?.map((version) => (
          <li key={version.id}>
            <div>
              <b className="num">{t("files.version_n", { count: version.number })}</b>{" "}
              {version.current ? <Tag tone="good">{t("files.current")}</Tag> : null}
              <small>
                <When time={version.created_at} />
                {version.created_by ? `, ${version.created_by.display_name}` : null}
              </small>
              <small>
                {t(origins[version.origin])}, {format.bytes(version.size)}
              </small>
            </div>
            <a
              className={css["get"]}
              href={version.current ? contentUrl(node.id) : versionUrl(node.id, version.id)}
              download={node.name}
              onClick={(event) => {
                event.preventDefault();
                download(event.currentTarget.href, node.name);
              }}
              title={t("files.download_version", { number: version.number })}
              aria-label={t("files.download_version", { number: version.number })}
            >
              <IconDownload size={17} stroke={1.7} aria-hidden />
            </a>
          </li>
        ))}
      </ol>
      {versions.hasNextPage ? (
        <Button
          size="small"
          loading={versions.isFetchingNextPage}
          onClick={() => void versions.fetchNextPage()}
        >
          {t("files.older_versions")}
        </Button>
      ) : null}
    </section>
  );
}
