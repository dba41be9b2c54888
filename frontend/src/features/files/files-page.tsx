// A folder: what it holds, what can be done with it, what is known about one item.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { IconFolderOpen } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState, type MouseEvent } from "react";
import type { Node } from "@/api/model";
import { keys, useMe, useSpaces } from "@/api/queries";
import { ActionButton } from "@/components/button";
import { ContextMenu, type MenuPoint } from "@/components/menu";
import { PageHead, type Crumb } from "@/components/page-head";
import { EmptyState, ErrorState } from "@/components/states";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { useWide } from "@/lib/narrow";
import { showNotice } from "@/lib/notices/notices";
import { useClipboard } from "./clipboard";
import { DetailsPanel } from "./details/details-panel";
import { MoveDialog } from "./dialogs/move-dialog";
import { NewFolderDialog } from "./dialogs/new-folder-dialog";
import { FilesToolbar } from "./files-toolbar";
import { insertNodes, type Children } from "./list/children-cache";
import { FileList, FileListSkeleton } from "./list/file-list";
import type { RowEvents } from "./list/file-row";
import { all, clear, click, toggle } from "./list/selection";
import { useFolder, useLoadAll } from "./list/use-folder";
import { useFolderSelection } from "./list/use-folder-selection";
import { DropZone } from "./upload/drop-zone";
import { collectInput, type Collected } from "./upload/collect";
import { useUploadQueue } from "./upload/upload-context";
import { useFileActions } from "./use-file-actions";
import { useFileChanges } from "./use-file-changes";
import { useOpenWorkspace } from "./use-open-workspace";
import css from "./files.module.css";

export function FilesPage() {
  const { nodeId } = useParams({ from: "/shell/files/$nodeId" });
  // A folder of its own state: selection, dialogs and failures end with it.
  return <FolderView key={nodeId} folderId={nodeId} />;
}

type Dialog = { kind: "new-folder" } | { kind: "move"; nodes: readonly Node[] } | null;

function FolderView({ folderId }: { folderId: string }) {
  const { t } = useI18n();
  const me = useMe();
  const spaces = useSpaces();
  const search = useSearch({ from: "/shell/files/$nodeId" });
  const navigate = useNavigate({ from: "/files/$nodeId" });
  const queries = useQueryClient();
  const wide = useWide();
  const queue = useUploadQueue();
  const clipboard = useClipboard();
  const { folder, children, items } = useFolder(folderId);
  const changes = useFileChanges(folderId);
  const workspace = useOpenWorkspace();
  const [dialog, setDialog] = useState<Dialog>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ at: MenuPoint; item: boolean } | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const fileInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);

  const query = search.q ?? "";
  // "All" means all: what is not loaded yet is fetched before it is selected.
  const [wantsAll, setWantsAll] = useState(false);
  useLoadAll(children, query !== "" || wantsAll);
  const shown = useMemo(() => {
    const needle = query.trim().toLowerCase();
    return needle === "" ? items : items.filter((item) => item.name.toLowerCase().includes(needle));
  }, [items, query]);
  const { selection, setSelection, selected } = useFolderSelection(folderId, shown, search.item);
  const shownIds = useMemo(() => shown.map((item) => item.id), [shown]);

  useEffect(() => {
    if (!wantsAll) return;
    setSelection((now) => all(now, shownIds));
    if (!children.hasNextPage) setWantsAll(false);
  }, [wantsAll, shownIds, children.hasNextPage, setSelection]);

  const setSearch = useCallback(
    (change: Partial<typeof search>) =>
      void navigate({ search: (now) => ({ ...now, ...change }), replace: true }),
    [navigate],
  );
  // A file's own address shows its folder with the file in hand.
  const node = folder.data;
  useEffect(() => {
    if (node?.kind === "file" && node.parent_id) {
      void navigate({
        to: "/files/$nodeId",
        params: { nodeId: node.parent_id },
        search: { item: node.id, panel: "details" },
        replace: true,
      });
    }
  }, [node, navigate]);

  const detailsOpen = search.panel ? search.panel === "details" : wide && selection.selected.size > 0;
  const parent = node?.ancestors.at(-1);
  const parentId = parent?.id;
  const goUp = useMemo(
    () =>
      parentId
        ? () =>
            void navigate({ to: "/files/$nodeId", params: { nodeId: parentId }, search: { item: folderId } })
        : null,
    [parentId, navigate, folderId],
  );
  const openItem = useCallback(
    (id: string) => {
      const item = items.find((each) => each.id === id);
      if (item?.kind === "folder")
        void navigate({ to: "/files/$nodeId", params: { nodeId: id }, search: {} });
      else if (item) setSearch({ item: id, panel: "details" });
    },
    [items, navigate, setSearch],
  );
  const startUpload = useCallback(
    (targetId: string, collected: Collected) => queue.add(targetId, collected),
    [queue],
  );

  // The top folder has no name of its own: it is called as its space.
  const spaceName = useMemo(() => {
    const space = spaces.data?.find((each) => each.id === node?.space_id);
    return space && space.kind !== "personal" ? space.name : t("shell.personal_space");
  }, [spaces.data, node?.space_id, t]);
  const path = useMemo(
    () =>
      (node ? [...node.ancestors, { id: node.id, name: node.name }] : []).map((each, index) =>
        index === 0 ? { ...each, name: spaceName } : each,
      ),
    [node, spaceName],
  );
  const folderName = path.at(-1)?.name ?? "";

  const actionInput = useMemo(
    () => ({
      folderId,
      folder: node,
      selected,
      useWorkspaces: me.abilities.use_workspaces,
      openingWorkspace: workspace.opening,
      detailsOpen,
      chooseFiles: () => fileInput.current?.click(),
      chooseFolder: () => folderInput.current?.click(),
      newFolder: () => setDialog({ kind: "new-folder" }),
      openWorkspace: workspace.open,
      startRename: (item: Node) => setRenaming(item.id),
      startMove: (nodes: readonly Node[]) => setDialog({ kind: "move", nodes }),
      paste: (nodes: readonly Node[]) => changes.move(nodes, { id: folderId, name: folderName }),
      remove: changes.remove,
      toggleDetails: () => setSearch({ panel: detailsOpen ? "none" : "details" }),
      focusFilter: () => filterField.current?.focus(),
      selectAll: () => setWantsAll(true),
      goUp,
    }),
    [node, folderId, folderName, selected, me, workspace, detailsOpen, changes, setSearch, goUp],
  );
  const actions = useFileActions(actionInput);
  useRegisterActions(actions.all);

  const rowEvents = useMemo<RowEvents>(
    () => ({
      onClick: (id, event) => {
        const keysHeld = { shift: event.shiftKey, mod: event.ctrlKey || event.metaKey };
        const touch = (event.nativeEvent as PointerEvent).pointerType === "touch";
        setSelection((now) => {
          if (touch && now.selected.size > 1) return toggle(now, id);
          return click(now, shownIds, id, keysHeld);
        });
        if (touch && selection.selected.size <= 1) openItem(id);
        list.current?.focus({ preventScroll: true });
      },
      onOpen: openItem,
      onToggle: (id) => setSelection((now) => toggle(now, id)),
      onMenu: (id, event) => {
        event.preventDefault();
        setSelection((now) =>
          now.selected.has(id) ? now : click(now, shownIds, id, { shift: false, mod: false }),
        );
        setMenu({ at: { x: event.clientX, y: event.clientY }, item: true });
      },
      onRenamed: (id, name) => {
        setRenaming(null);
        const item = items.find((each) => each.id === id);
        if (item && name !== null) changes.rename(item, name);
        list.current?.focus({ preventScroll: true });
      },
      onDismissFailure: changes.dismiss,
    }),
    [shownIds, setSelection, selection.selected.size, openItem, items, changes],
  );
  const cutIds = useMemo(() => new Set(clipboard?.nodes.map((each) => each.id) ?? []), [clipboard]);

  const crumbs = useMemo<Crumb[]>(
    () =>
      path.map((each) => ({ label: each.name, link: { to: "/files/$nodeId", params: { nodeId: each.id } } })),
    [path],
  );

  if (folder.isError) {
    return (
      <>
        <PageHead title={t("shell.files")} crumbs={[{ label: t("shell.files") }]} />
        <ErrorState error={folder.error} onRetry={() => void folder.refetch()}>
          <Link to="/files">{t("files.to_personal")}</Link>
        </ErrorState>
      </>
    );
  }

  return (
    <div className={css["page"]}>
      <PageHead title={folderName} crumbs={crumbs} />
      <div className={css["main"]}>
        <FilesToolbar
          actions={actions}
          selected={selected}
          query={query}
          loadingAll={query !== "" && children.hasNextPage}
          found={shown.length}
          fieldRef={filterField}
          onQuery={(q) => setSearch({ q: q === "" ? undefined : q })}
          onLeaveFilter={() => list.current?.focus()}
          onClearSelection={() => setSelection(clear)}
        />
        <DropZone
          folderName={folderName}
          refusal={node && !node.abilities.write ? t("files.why_read_only") : null}
          onFiles={(target, collected) => {
            collected
              .then((ready) => startUpload(target ?? folderId, ready))
              .catch(() => showNotice({ text: t("upload.unreadable"), tone: "danger" }));
          }}
        >
          {children.isError && items.length === 0 ? (
            <ErrorState error={children.error} onRetry={() => void children.refetch()} />
          ) : children.isPending ? (
            <FileListSkeleton />
          ) : items.length === 0 && !children.hasNextPage ? (
            <EmptyState icon={IconFolderOpen} title={t("files.empty_title")} text={t("files.empty_text")}>
              <ActionButton action={actions.upload} kind="primary" />
              <ActionButton action={actions.uploadFolder} />
            </EmptyState>
          ) : shown.length === 0 && !children.hasNextPage ? (
            <EmptyState icon={IconFolderOpen} title={t("files.nothing_found", { query })}>
              <button type="button" className={css["link"]} onClick={() => setSearch({ q: undefined })}>
                {t("files.show_all", { count: items.length })}
              </button>
            </EmptyState>
          ) : (
            <FileList
              label={folderName}
              items={shown}
              more={children.hasNextPage}
              onMore={() => {
                if (!children.isFetching) void children.fetchNextPage();
              }}
              selection={selection}
              onSelection={setSelection}
              cut={cutIds}
              renaming={renaming}
              failures={changes.failures}
              events={rowEvents}
              onOpen={openItem}
              onUp={() => goUp?.()}
              onEscape={() => {
                setWantsAll(false);
                if (selection.selected.size > 0) setSelection(clear);
                else if (query !== "") setSearch({ q: undefined });
              }}
              onMenuOfFolder={(event: MouseEvent) => {
                if (
                  event.target !== event.currentTarget &&
                  !(event.target as Element).matches("[role=rowgroup]")
                )
                  return;
                event.preventDefault();
                setMenu({ at: { x: event.clientX, y: event.clientY }, item: false });
              }}
              focusRef={list}
            />
          )}
        </DropZone>
      </div>
      {detailsOpen ? (
        <DetailsPanel
          asDialog={!wide}
          nodes={selected.length > 0 ? selected : node && wide ? [node] : []}
          place={path.map((each) => each.name).join(" / ")}
          primary={<DetailsPrimary actions={actions} one={selected.length === 1 ? selected[0] : undefined} />}
          onClose={() => setSearch({ panel: "none" })}
        />
      ) : null}
      <ContextMenu
        label={menu?.item ? t("files.group_selected") : t("files.group_here")}
        at={menu?.at ?? null}
        onClose={() => setMenu(null)}
        groups={menu?.item ? actions.itemMenu : actions.folderMenu}
      />
      {dialog?.kind === "new-folder" ? (
        <NewFolderDialog
          parentId={folderId}
          returnTo={list}
          onClose={() => setDialog(null)}
          onMade={(made) => {
            queries.setQueryData<Children>(keys.children(folderId), (data) => insertNodes(data, [made]));
            setSelection({ active: made.id, anchor: made.id, selected: new Set([made.id]) });
          }}
        />
      ) : null}
      {dialog?.kind === "move" ? (
        <MoveDialog
          nodes={dialog.nodes}
          path={path}
          returnTo={list}
          onClose={() => setDialog(null)}
          onMove={(target) => changes.move(dialog.nodes, target)}
        />
      ) : null}
      <input
        ref={fileInput}
        type="file"
        multiple
        hidden
        aria-hidden
        data-testid="file-input"
        onChange={(event) => {
          if (event.currentTarget.files) startUpload(folderId, collectInput(event.currentTarget.files));
          event.currentTarget.value = "";
        }}
      />
      <input
        ref={folderInput}
        type="file"
        hidden
        aria-hidden
        data-testid="folder-input"
        {...{ webkitdirectory: "" }}
        onChange={(event) => {
          if (event.currentTarget.files) startUpload(folderId, collectInput(event.currentTarget.files));
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}

function DetailsPrimary(props: { actions: ReturnType<typeof useFileActions>; one: Node | undefined }) {
  const { actions, one } = props;
  if (!one)
    return actions.workspaceHere[0] ? (
      <ActionButton action={actions.workspaceHere[0]} kind="primary" />
    ) : null;
  if (one.kind === "folder") {
    return actions.workspaceSelected[0] ? (
      <ActionButton action={actions.workspaceSelected[0]} kind="primary" />
    ) : null;
  }
  return <ActionButton action={actions.download} kind="primary" />;
}
