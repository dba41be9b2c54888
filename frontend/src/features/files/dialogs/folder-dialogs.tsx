// The dialogs of a folder; one is open at a time.
import { useQueryClient } from "@tanstack/react-query";
import type { RefObject } from "react";
import type { Node } from "@/api/model";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { foldersChanged } from "../tree/use-folder-branches";
import { editChildren, insertNodes } from "../list/children-cache";
import { ChooseFolderDialog } from "./choose-folder-dialog";
import { MoveDialog } from "./move-dialog";
import { NewFolderDialog } from "./new-folder-dialog";

export type FolderDialog = { kind: "new-folder" } | { kind: "move" | "copy"; nodes: readonly Node[] } | null;

export function FolderDialogs(props: {
  dialog: FolderDialog;
  folderId: string;
  /** The folders from the space down to the one that is shown. */
  path: readonly { id: string; name: string }[];
  /** What has the focus afterwards. */
  returnTo: RefObject<HTMLElement | null>;
  onClose: () => void;
  onMade: (folder: Node) => void;
  onMove: (nodes: readonly Node[], target: { id: string; name: string }) => void;
  onCopy: (nodes: readonly Node[], target: { id: string; name: string }) => void;
}) {
  const { dialog, folderId, returnTo, onClose } = props;
  const { t } = useI18n();
  const queries = useQueryClient();
  if (dialog?.kind === "new-folder") {
    return (
      <NewFolderDialog
        parentId={folderId}
        returnTo={returnTo}
        onClose={onClose}
        onMade={(made) => {
          editChildren(queries, folderId, (data, view) => insertNodes(data, [made], view));
          foldersChanged(queries, [folderId]);
          props.onMade(made);
        }}
      />
    );
  }
  if (dialog?.kind === "move") {
    return (
      <MoveDialog
        nodes={dialog.nodes}
        path={props.path}
        returnTo={returnTo}
        onClose={onClose}
        onMove={(target) => props.onMove(dialog.nodes, target)}
      />
    );
  }
  if (dialog?.kind === "copy") {
    const { nodes } = dialog;
    return (
      <ChooseFolderDialog
        title={
          nodes.length === 1
            ? t("files.copy_title_one", { name: visibleName(nodes[0]?.name ?? "") })
            : t("files.copy_title_many", { count: nodes.length })
        }
        verb={(folder) => t("files.copy_here", { folder: visibleName(folder) })}
        plainVerb={t("common.copy")}
        here={null}
        without={none}
        path={props.path}
        returnTo={returnTo}
        onClose={onClose}
        onChoose={(target) => props.onCopy(nodes, target)}
      />
    );
  }
  return null;
}

const none: ReadonlySet<string> = new Set();
