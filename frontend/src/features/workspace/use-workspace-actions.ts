// What can be done in a workspace, as actions: shortcuts work while one types in the editor.
import {
  IconArrowBackUp,
  IconFolder,
  IconLayoutBottombar,
  IconLayoutSidebar,
  IconPlayerPlay,
  IconPlayerStop,
} from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useMe } from "@/api/queries";
import type { Action } from "@/lib/actions/action";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import type { SandboxState } from "./api/model";
import type { DocumentStore } from "./editor/document-store";
import type { WorkspaceSearch } from "./workspace-search";

export interface WorkspaceActionInput {
  sandbox: SandboxState | null;
  canWrite: boolean;
  folderId: string | null;
  sideShown: boolean;
  panelShown: boolean;
  setSearch: (change: Partial<WorkspaceSearch>) => void;
  documents: DocumentStore;
  paths: readonly string[];
  current: string | null;
  choose: (path: string) => void;
  closeFile: (path: string) => void;
  start: () => void;
  stop: () => void;
}

export function useWorkspaceActions(input: WorkspaceActionInput): readonly Action[] {
  const { t } = useI18n();
  const me = useMe();
  const phone = usePhone();
  const navigate = useNavigate();
  const { sandbox, canWrite, folderId, sideShown, panelShown, setSearch } = input;
  const { documents, paths, current, choose, closeFile, start, stop } = input;
  return useMemo<Action[]>(() => {
    const group = t("ide.group");
    const running = sandbox === "ready";
    const step = (by: 1 | -1) => {
      const at = current === null ? -1 : paths.indexOf(current);
      const next = paths[(at + by + paths.length) % paths.length];
      if (next !== undefined) choose(next);
    };
    const fewTabs = paths.length < 2 ? t("ide.why_one_file") : null;
    return [
      {
        id: "ide.explorer",
        label: sideShown ? t("ide.hide_explorer") : t("ide.show_explorer"),
        group,
        icon: IconLayoutSidebar,
        shortcut: "mod+B",
        inFields: true,
        run: () => setSearch(phone ? { view: "explorer" } : { side: sideShown ? "hidden" : "" }),
      },
      {
        id: "ide.panel",
        label: panelShown ? t("ide.hide_terminals") : t("ide.show_terminals"),
        group,
        icon: IconLayoutBottombar,
        shortcut: "mod+J",
        inFields: true,
        run: () => setSearch(phone ? { view: "terminal" } : { panel: panelShown ? "hidden" : "" }),
      },
      {
        id: "ide.save",
        label: t("ide.save"),
        group,
        shortcut: "mod+S",
        inFields: true,
        disabledReason: current === null ? t("ide.no_file") : null,
        run: () => current !== null && void documents.save(current),
      },
      {
        id: "ide.next-tab",
        label: t("ide.next_tab"),
        group,
        shortcut: "alt+PageDown",
        inFields: true,
        disabledReason: fewTabs,
        run: () => step(1),
      },
      {
        id: "ide.previous-tab",
        label: t("ide.previous_tab"),
        group,
        shortcut: "alt+PageUp",
        inFields: true,
        disabledReason: fewTabs,
        run: () => step(-1),
      },
      {
        id: "ide.close-tab",
        label: t("ide.close_tab"),
        group,
        shortcut: "alt+W",
        inFields: true,
        disabledReason: current === null ? t("ide.no_file") : null,
        run: () => current !== null && closeFile(current),
      },
      ...(running
        ? [
            {
              id: "ide.stop",
              label: t("ide.stop"),
              group,
              icon: IconPlayerStop,
              disabledReason: canWrite ? null : t("ide.why_read_only"),
              run: () => stop(),
            },
          ]
        : []),
      ...(sandbox === "stopped" || sandbox === "failed"
        ? [
            {
              id: "ide.start",
              label: t("ide.start_again"),
              group,
              icon: IconPlayerPlay,
              run: () => start(),
            },
          ]
        : []),
      ...(folderId
        ? [
            {
              id: "ide.folder",
              label: t("ide.to_folder"),
              group,
              icon: IconFolder,
              run: () => void navigate({ to: "/files/$nodeId", params: { nodeId: folderId }, search: {} }),
            },
          ]
        : []),
      {
        id: "ide.leave",
        label: t("ide.leave"),
        group: t("shell.group_go"),
        icon: IconArrowBackUp,
        run: () => void navigate({ to: "/workspaces" }),
      },
      {
        id: "go.home",
        label: t("shell.home"),
        group: t("shell.group_go"),
        run: () => void navigate({ to: "/" }),
      },
      {
        id: "go.files",
        label: t("shell.files"),
        group: t("shell.group_go"),
        run: () => void navigate({ to: "/files" }),
      },
      ...(me.abilities.read_log
        ? [
            {
              id: "go.log",
              label: t("shell.log"),
              group: t("shell.group_go"),
              run: () => void navigate({ to: "/log" }),
            },
          ]
        : []),
    ];
  }, [
    t,
    me,
    sandbox,
    sideShown,
    panelShown,
    phone,
    setSearch,
    current,
    paths,
    choose,
    closeFile,
    documents,
    canWrite,
    folderId,
    navigate,
    start,
    stop,
  ]);
}
