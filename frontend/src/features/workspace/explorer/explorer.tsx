// The files of the workspace as a tree: open, make, rename, delete.
import {
  IconFile,
  IconFilePlus,
  IconFolder,
  IconFolderPlus,
  IconLink,
  IconRefresh,
} from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { Button, IconButton } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Refusal } from "@/components/form";
import { ContextMenu, type MenuPoint } from "@/components/menu";
import { useOpenBranches } from "@/components/open-branches";
import { Tree, type Branch, type TreeItem } from "@/components/tree";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { deletePath } from "../api/delete-path";
import { makeFolder } from "../api/make-folder";
import { renamePath } from "../api/rename-path";
import { writeFile } from "../api/write-file";
import type { Ide } from "../api/ide";
import type { Entry } from "../api/model";
import type { WorkspaceConnection } from "../connection/workspace-connection";
import type { DocumentStore } from "../editor/document-store";
import { isIgnored, joinPath, nameOf, parentOf } from "./ignored";
import { NameDialog } from "./name-dialog";
import { useTree } from "./use-tree";
import css from "./explorer.module.css";

interface ExplorerProps {
  ide: Ide;
  connection: WorkspaceConnection;
  documents: DocumentStore;
  ready: boolean;
  canWrite: boolean;
  current: string | null;
  onOpen: (path: string) => void;
  onRenamed: (from: string, to: string) => void;
  onDeleted: (path: string) => void;
}

type Asking =
  { kind: "file" | "folder"; parent: string } | { kind: "rename" | "delete"; path: string } | null;

export function Explorer(props: ExplorerProps) {
  const { t } = useI18n();
  const { ide, connection, documents, ready, canWrite, onOpen } = props;
  const describe = useProblemText();
  const { open, toggle, reveal } = useOpenBranches(() => foldersAbove(props.current));
  const [cursor, setCursor] = useState<string | null>(props.current);
  const [asking, setAsking] = useState<Asking>(null);
  const [menu, setMenu] = useState<{ at: MenuPoint; path: string | null } | null>(null);
  const { folders, refresh } = useTree(ide, connection, ready, open);

  const kinds = useMemo(() => {
    const map = new Map<string, Entry["kind"]>();
    for (const folder of folders.values())
      for (const entry of folder.entries ?? []) map.set(entry.path, entry.kind);
    return map;
  }, [folders]);
  const itemsOf = useCallback(
    (entries: readonly Entry[]): TreeItem[] =>
      entries.map((entry) => {
        const local = isIgnored(entry.path, entry.kind === "folder");
        return {
          id: entry.path,
          label: nameOf(entry.path),
          branch: entry.kind === "folder",
          icon: entry.kind === "folder" ? IconFolder : entry.kind === "file" ? IconFile : IconLink,
          ...(local || entry.kind === "other"
            ? { tone: "dim" as const }
            : entry.kind === "folder"
              ? { tone: "accent" as const }
              : {}),
          ...(local && !isIgnored(parentOf(entry.path), true) ? { end: t("ide.ignored") } : {}),
        };
      }),
    [t],
  );
  const root = folders.get("");
  const roots = useMemo(() => itemsOf(root?.entries ?? []), [root, itemsOf]);
  const branch = useCallback(
    (id: string): Branch => {
      const folder = folders.get(id);
      if (folder?.error) return { message: describe(folder.error) };
      if (!folder?.entries) return undefined;
      if (folder.entries.length === 0) return { message: t("ide.empty_folder") };
      return { items: itemsOf(folder.entries) };
    },
    [folders, describe, itemsOf, t],
  );

  const folderOfCursor = cursor === null ? "" : kinds.get(cursor) === "folder" ? cursor : parentOf(cursor);
  const why = !canWrite ? t("ide.why_read_only") : !ready ? t("ide.why_not_ready") : null;
  const actionsFor = useCallback(
    (path: string | null, folder: string): Action[][] => [
      [
        {
          id: "ide.new-file",
          label: t("ide.new_file"),
          group: t("ide.group"),
          icon: IconFilePlus,
          disabledReason: why,
          run: () => setAsking({ kind: "file", parent: folder }),
        },
        {
          id: "ide.new-folder",
          label: t("ide.new_folder"),
          group: t("ide.group"),
          icon: IconFolderPlus,
          disabledReason: why,
          run: () => setAsking({ kind: "folder", parent: folder }),
        },
      ],
      path === null
        ? []
        : [
            {
              id: "ide.rename",
              label: t("ide.rename"),
              group: t("ide.group"),
              shortcut: "F2",
              disabledReason: why,
              local: true,
              run: () => setAsking({ kind: "rename", path }),
            },
            {
              id: "ide.delete",
              label: t("ide.delete"),
              group: t("ide.group"),
              shortcut: "Delete",
              danger: true,
              disabledReason: why,
              local: true,
              run: () => setAsking({ kind: "delete", path }),
            },
          ],
    ],
    [t, why],
  );
  useRegisterActions(useMemo(() => actionsFor(null, folderOfCursor).flat(), [actionsFor, folderOfCursor]));

  const show = (path: string) => {
    reveal(foldersAbove(path));
    setCursor(path);
  };
  const make = async (kind: "file" | "folder", parent: string, name: string) => {
    const path = joinPath(parent, name);
    if (kind === "folder") await makeFolder(ide, path);
    else await writeFile(ide, path, "", null);
    refresh(null);
    show(path);
    if (kind === "file") onOpen(path);
  };
  const rename = async (from: string, to: string) => {
    await documents.save(from);
    await renamePath(ide, from, to);
    refresh(null);
    show(to);
    props.onRenamed(from, to);
  };

  const [newFile, newFolder] = actionsFor(null, folderOfCursor)[0] ?? [];
  return (
    <section className={css["explorer"]} aria-label={t("ide.explorer")}>
      <header className={css["head"]}>
        <b>{t("ide.explorer")}</b>
        <IconButton
          small
          icon={IconFilePlus}
          label={t("ide.new_file")}
          disabled={why !== null}
          hint={why ?? undefined}
          onClick={() => newFile?.run()}
        />
        <IconButton
          small
          icon={IconFolderPlus}
          label={t("ide.new_folder")}
          disabled={why !== null}
          hint={why ?? undefined}
          onClick={() => newFolder?.run()}
        />
        <IconButton small icon={IconRefresh} label={t("ide.refresh")} onClick={() => refresh(null)} />
      </header>
      <div className={css["tree"]}>
        {root?.error && !root.entries ? <p className={css["note"]}>{describe(root.error)}</p> : null}
        {root?.entries?.length === 0 ? <p className={css["note"]}>{t("ide.empty_workspace")}</p> : null}
        <Tree
          label={t("ide.explorer")}
          roots={roots}
          branch={branch}
          open={open}
          selected={cursor}
          onSelect={setCursor}
          onToggle={toggle}
          onActivate={(id) => {
            if (kinds.get(id) === "file") onOpen(id);
            else if (kinds.get(id) === "folder") toggle(id, !open.has(id));
          }}
          onMenu={(path, event) => {
            event.preventDefault();
            if (path !== null) setCursor(path);
            setMenu({ at: { x: event.clientX, y: event.clientY }, path });
          }}
          onKey={(event) => {
            if (cursor === null || why !== null) return;
            if (event.key === "F2") setAsking({ kind: "rename", path: cursor });
            else if (event.key === "Delete") setAsking({ kind: "delete", path: cursor });
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <ContextMenu
        label={t("ide.explorer")}
        at={menu?.at ?? null}
        onClose={() => setMenu(null)}
        groups={actionsFor(
          menu?.path ?? null,
          menu?.path ? (kinds.get(menu.path) === "folder" ? menu.path : parentOf(menu.path)) : "",
        )}
      />
      {asking?.kind === "file" || asking?.kind === "folder" ? (
        <NameDialog
          title={asking.kind === "file" ? t("ide.new_file") : t("ide.new_folder")}
          hint={asking.parent === "" ? t("ide.in_root") : t("ide.in_folder", { folder: asking.parent })}
          submit={asking.kind === "file" ? t("ide.make_file") : t("ide.make_folder")}
          initial=""
          onSubmit={(name) => make(asking.kind, asking.parent, name)}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking?.kind === "rename" ? (
        <NameDialog
          title={t("ide.rename_title", { name: nameOf(asking.path) })}
          hint={t("ide.rename_hint")}
          submit={t("ide.rename")}
          initial={asking.path}
          onSubmit={(to) => rename(asking.path, to)}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking?.kind === "delete" ? (
        <DeleteDialog
          path={asking.path}
          folder={kinds.get(asking.path) === "folder"}
          onClose={() => setAsking(null)}
          onDelete={async () => {
            await deletePath(ide, asking.path);
            refresh(null);
            setCursor(null);
            props.onDeleted(asking.path);
          }}
        />
      ) : null}
    </section>
  );
}

function foldersAbove(path: string | null): Set<string> {
  const folders = new Set<string>();
  for (let folder = parentOf(path ?? ""); folder !== ""; folder = parentOf(folder)) folders.add(folder);
  return folders;
}

function DeleteDialog(props: {
  path: string;
  folder: boolean;
  onClose: () => void;
  onDelete: () => Promise<void>;
}) {
  const { t } = useI18n();
  const remove = useMutation({ mutationFn: props.onDelete, onSuccess: props.onClose });
  return (
    <Dialog
      title={t("ide.delete_title", { name: nameOf(props.path) })}
      onClose={props.onClose}
      acts={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button kind="danger" data-autofocus loading={remove.isPending} onClick={() => remove.mutate()}>
            {t("ide.delete")}
          </Button>
        </>
      }
    >
      <p>{props.folder ? t("ide.delete_folder_text") : t("ide.delete_file_text")}</p>
      <Refusal error={remove.error} />
    </Dialog>
  );
}
