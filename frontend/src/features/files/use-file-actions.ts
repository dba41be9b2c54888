// Everything that can be done with a folder and with what is selected in it, as actions.
import {
  IconArrowBackUp,
  IconArrowUp,
  IconClipboardCopy,
  IconClipboard,
  IconCode,
  IconCopy,
  IconCursorText,
  IconDownload,
  IconFilter,
  IconFolderPlus,
  IconFolderShare,
  IconFolderUp,
  IconInfoCircle,
  IconScissors,
  IconSelectAll,
  IconPhoto,
  IconPlayerPlay,
  IconStar,
  IconStarOff,
  IconTrash,
  IconUpload,
} from "@tabler/icons-react";
import { useMemo } from "react";
import type { Node, NodeWithAncestors } from "@/api/model";
import type { Action } from "@/lib/actions/action";
import { useI18n } from "@/lib/i18n/i18n";
import { mediaKind } from "./viewer/media";
import { downloadUrl } from "./download-url";
import { useDownload } from "./use-download";
import { setClipboard, useClipboard, type Clipboard } from "./clipboard";

export interface FileActionInput {
  folderId: string;
  folder: NodeWithAncestors | undefined;
  selected: readonly Node[];
  useWorkspaces: boolean;
  openingWorkspace: boolean;
  detailsOpen: boolean;
  chooseFiles: () => void;
  chooseFolder: () => void;
  newFolder: () => void;
  openWorkspace: (folderId: string) => void;
  startRename: (node: Node) => void;
  startMove: (nodes: readonly Node[]) => void;
  startCopy: (nodes: readonly Node[]) => void;
  paste: (clipboard: Clipboard) => void;
  /** Shows or plays what the page can show or play. */
  view: (node: Node) => void;
  mark: (nodes: readonly Node[], on: boolean) => void;
  /** Takes back what was done last, while that can be. */
  undo: (() => void) | null;
  remove: (nodes: readonly Node[]) => void;
  toggleDetails: () => void;
  focusFilter: () => void;
  selectAll: () => void;
  goUp: (() => void) | null;
}

export type FileActions = ReturnType<typeof useFileActions>;

export function useFileActions(input: FileActionInput) {
  const { t } = useI18n();
  const clipboard = useClipboard();
  const startDownload = useDownload();
  const { folder, selected } = input;
  return useMemo(() => {
    const here = t("files.group_here");
    const these = t("files.group_selected");
    const one = selected.length === 1 ? selected[0] : undefined;
    // While the folder is still being read nothing is known against it; the server has the last word.
    const needsFolder = folder && !folder.abilities.write ? t("files.why_read_only") : null;
    const needsSome = selected.length === 0 ? t("files.why_nothing_selected") : null;
    const needsOne = needsSome ?? (one ? null : t("files.why_only_one"));
    const writable = (nodes: readonly Node[]) =>
      nodes.every((node) => node.abilities.write) ? null : t("files.why_read_only");
    const deletable = selected.every((node) => node.abilities.delete) ? null : t("files.why_no_delete");
    const copying = clipboard?.mode === "copy";
    const pasted = clipboard?.nodes.filter((node) => copying || node.parent_id !== input.folderId) ?? [];

    const upload: Action = {
      id: "files.upload",
      label: t("files.upload"),
      group: here,
      icon: IconUpload,
      keywords: t("files.upload_keywords"),
      disabledReason: needsFolder,
      run: input.chooseFiles,
    };
    const uploadFolder: Action = {
      id: "files.upload-folder",
      label: t("files.upload_folder"),
      group: here,
      icon: IconFolderUp,
      disabledReason: needsFolder,
      run: input.chooseFolder,
    };
    const newFolder: Action = {
      id: "files.new-folder",
      label: t("files.new_folder"),
      group: here,
      icon: IconFolderPlus,
      shortcut: "shift+N",
      disabledReason: needsFolder,
      run: input.newFolder,
    };
    const openHere: Action = {
      id: "files.open-workspace",
      label: t("files.open_workspace"),
      group: here,
      icon: IconCode,
      keywords: t("files.open_workspace_keywords"),
      disabledReason: input.openingWorkspace
        ? t("files.opening_workspace")
        : folder?.abilities.open_workspace
          ? null
          : t("files.why_no_workspace"),
      run: () => folder && input.openWorkspace(folder.id),
    };
    const openSelected: Action = {
      ...openHere,
      id: "files.open-selected-workspace",
      group: these,
      disabledReason:
        needsOne ??
        (one?.kind !== "folder"
          ? t("files.why_folder_only")
          : one.abilities.open_workspace
            ? null
            : t("files.why_no_workspace")),
      local: true,
      run: () => one && input.openWorkspace(one.id),
    };
    const target = downloadUrl(selected);
    const download: Action = {
      id: "files.download",
      label: t("files.download"),
      group: these,
      icon: IconDownload,
      disabledReason: needsSome ?? (target ? null : t("files.why_too_many_to_download")),
      run: () => target && startDownload(target.url, target.name),
    };
    const kind = one ? mediaKind(one) : null;
    const view: Action = {
      id: "files.view",
      label: kind === "sound" ? t("files.play") : t("files.view"),
      group: these,
      icon: kind === "sound" || kind === "film" ? IconPlayerPlay : IconPhoto,
      disabledReason: needsOne,
      local: true,
      run: () => one && input.view(one),
    };
    const rename: Action = {
      id: "files.rename",
      label: t("files.rename"),
      group: these,
      icon: IconCursorText,
      shortcut: "F2",
      disabledReason: needsOne ?? writable(selected),
      run: () => one && input.startRename(one),
    };
    const move: Action = {
      id: "files.move",
      label: t("files.move_to"),
      group: these,
      icon: IconFolderShare,
      shortcut: "M",
      disabledReason: needsSome ?? writable(selected),
      run: () => input.startMove(selected),
    };
    const cut: Action = {
      id: "files.cut",
      label: t("files.cut"),
      group: these,
      icon: IconScissors,
      shortcut: "mod+X",
      disabledReason: needsSome ?? writable(selected),
      run: () => setClipboard({ nodes: selected, mode: "cut" }),
    };
    const copy: Action = {
      id: "files.copy",
      label: t("common.copy"),
      group: these,
      icon: IconCopy,
      shortcut: "mod+C",
      disabledReason: needsSome,
      run: () => setClipboard({ nodes: selected, mode: "copy" }),
    };
    const copyTo: Action = {
      id: "files.copy-to",
      label: t("files.copy_to"),
      group: these,
      icon: IconClipboardCopy,
      disabledReason: needsSome,
      run: () => input.startCopy(selected),
    };
    const undo: Action = {
      id: "files.undo",
      label: t("common.undo"),
      group: here,
      icon: IconArrowBackUp,
      shortcut: "mod+Z",
      disabledReason: input.undo ? null : t("files.why_nothing_to_undo"),
      run: () => input.undo?.(),
    };
    const paste: Action = {
      id: "files.paste",
      label:
        pasted.length === 0
          ? t("files.paste")
          : copying
            ? t("files.paste_copies", { count: pasted.length })
            : t("files.paste_n", { count: pasted.length }),
      group: here,
      icon: IconClipboard,
      shortcut: "mod+V",
      disabledReason:
        needsFolder ??
        (clipboard === null
          ? t("files.why_nothing_cut")
          : pasted.length === 0
            ? t("files.why_same_folder")
            : null),
      run: () => {
        if (!clipboard) return;
        input.paste({ nodes: pasted, mode: clipboard.mode });
        if (!copying) setClipboard(null);
      },
    };
    const marked = selected.length > 0 && selected.every((node) => node.favourite);
    const favourite: Action = {
      id: "files.favourite",
      label: marked ? t("sources.unmark") : t("sources.mark"),
      group: these,
      icon: marked ? IconStarOff : IconStar,
      shortcut: "F",
      disabledReason: needsSome,
      run: () => input.mark(selected, !marked),
    };
    const remove: Action = {
      id: "files.delete",
      label: t("files.delete"),
      group: these,
      icon: IconTrash,
      shortcut: "Delete",
      danger: true,
      disabledReason: needsSome ?? deletable,
      run: () => input.remove(selected),
    };
    const details: Action = {
      id: "files.details",
      label: input.detailsOpen ? t("files.close_details") : t("files.details"),
      group: here,
      icon: IconInfoCircle,
      shortcut: "I",
      run: input.toggleDetails,
    };
    const filter: Action = {
      id: "files.filter",
      label: t("files.filter"),
      group: here,
      icon: IconFilter,
      shortcut: "/",
      run: input.focusFilter,
    };
    const selectAll: Action = {
      id: "files.select-all",
      label: t("files.select_all"),
      group: here,
      icon: IconSelectAll,
      shortcut: "mod+A",
      run: input.selectAll,
    };
    const up: Action = {
      id: "files.up",
      label: t("files.up"),
      group: here,
      icon: IconArrowUp,
      shortcut: "alt+ArrowUp",
      disabledReason: input.goUp ? null : t("files.why_top"),
      run: () => input.goUp?.(),
    };
    const workspaceHere = input.useWorkspaces ? [openHere] : [];
    const workspaceSelected = input.useWorkspaces && one?.kind === "folder" ? [openSelected] : [];
    return {
      upload,
      uploadFolder,
      newFolder,
      openHere,
      openSelected,
      view,
      download,
      rename,
      move,
      favourite,
      remove,
      details,
      workspaceHere,
      workspaceSelected,
      all: [
        upload,
        uploadFolder,
        newFolder,
        ...workspaceHere,
        paste,
        details,
        filter,
        selectAll,
        up,
        ...(kind ? [view] : []),
        download,
        rename,
        move,
        copyTo,
        cut,
        copy,
        favourite,
        remove,
        undo,
        ...workspaceSelected,
      ],
      itemMenu: [
        workspaceSelected,
        [...(kind ? [view] : []), download, rename],
        [move, copyTo, cut, copy],
        [favourite, details],
        [remove],
      ],
      folderMenu: [[upload, uploadFolder, newFolder], workspaceHere, [paste], [details, selectAll]],
    };
  }, [t, clipboard, startDownload, folder, selected, input]);
}
