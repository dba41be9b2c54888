// Where to move what is selected.
import { useMemo, type RefObject } from "react";
import type { Node } from "@/api/model";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { ChooseFolderDialog, type Target } from "./choose-folder-dialog";

export function MoveDialog(props: {
  nodes: readonly Node[];
  /** The folders from the space down to the one that is shown: they stand open. */
  path: readonly Target[];
  /** What has the focus afterwards. */
  returnTo: RefObject<HTMLElement | null>;
  onClose: () => void;
  onMove: (target: Target) => void;
}) {
  const { t } = useI18n();
  const { nodes } = props;
  const here = nodes[0]?.parent_id ?? null;
  const moving = useMemo(() => new Set(nodes.map((node) => node.id)), [nodes]);
  return (
    <ChooseFolderDialog
      title={
        nodes.length === 1
          ? t("files.move_title_one", { name: visibleName(nodes[0]?.name ?? "") })
          : t("files.move_title_many", { count: nodes.length })
      }
      verb={(folder) => t("files.move_here", { folder: visibleName(folder) })}
      plainVerb={t("files.move")}
      here={here === null ? null : { id: here, why: t("files.move_same") }}
      without={moving}
      path={props.path}
      returnTo={props.returnTo}
      onClose={props.onClose}
      onChoose={props.onMove}
    />
  );
}
