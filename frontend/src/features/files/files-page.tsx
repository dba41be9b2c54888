// A folder: what it holds, what can be done with it, what is known about one item.
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState, type MouseEvent } from "react";
import type { Node } from "@/api/model";
import { useMe } from "@/api/queries";
import { ActionButton } from "@/components/button";
import { ContextMenu, type MenuPoint } from "@/components/menu";
import { PageHead, type Crumb } from "@/components/page-head";
import { ErrorState } from "@/components/states";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone, useVeryWide, useWide } from "@/lib/narrow";
import { showNotice, useUndo } from "@/lib/notices/notices";
import { useClipboard, type Clipboard } from "./clipboard";
import { DetailsPanel } from "./details/details-panel";
import { DetailsPrimary } from "./details/details-primary";
import { FolderDialogs, type FolderDialog } from "./dialogs/folder-dialogs";
import { FilesToolbar } from "./files-toolbar";
import { FileList } from "./list/file-list";
import { FolderContent } from "./list/folder-content";
import { all, clear, only } from "./list/selection";
import { useFolder, useLoadAll } from "./list/use-folder";
import { useFolderSelection } from "./list/use-folder-selection";
import { useRowEvents } from "./list/use-row-events";
import { orderAfter, useLook, type Look } from "./list/view";
import { useSetFavourite } from "./sources/use-favourites";
import { FolderTree } from "./tree/folder-tree";
import { DropZone } from "./upload/drop-zone";
import { useUploadQueue } from "./upload/upload-context";
import { UploadInputs } from "./upload/upload-inputs";
import { mediaKind } from "./viewer/media";
import { useMedia } from "./viewer/use-media";
import { Viewer } from "./viewer/viewer";
import { useCopies } from "./use-copies";
import { useFileActions } from "./use-file-actions";
import { useFileChanges } from "./use-file-changes";
import { useLookActions } from "./use-look-actions";
import { useFolderPath } from "./use-folder-path";
import { useNodeDrag } from "./use-node-drag";
import { useOpenWorkspace } from "./use-open-workspace";
import css from "./files.module.css";

export function FilesPage() {
  const { nodeId } = useParams({ from: "/shell/files/$nodeId" });
  const [look, setLook] = useLook();
  const phone = usePhone();
  return (
    <div className={css["page"]}>
      {look.tree && !phone ? <FolderTree folderId={nodeId} onClose={() => setLook({ tree: false })} /> : null}
      {/* A folder of its own state: selection, dialogs and failures end with it. */}
      <FolderView key={nodeId} folderId={nodeId} look={look} onLook={setLook} />
    </div>
  );
}

function FolderView(props: { folderId: string; look: Look; onLook: (change: Partial<Look>) => void }) {
  const { folderId, look, onLook: setLook } = props;
  const { t } = useI18n();
  const me = useMe();
  const search = useSearch({ from: "/shell/files/$nodeId" });
  const navigate = useNavigate({ from: "/files/$nodeId" });
  const roomForOne = useWide();
  const roomForTwo = useVeryWide();
  const wide = look.tree ? roomForTwo : roomForOne;
  const queue = useUploadQueue();
  const clipboard = useClipboard();
  const query = search.q ?? "";
  const { folder, children, items, shown, searching } = useFolder(folderId, { ...look, part: query });
  const changes = useFileChanges(folderId);
  const copy = useCopies();
  const undo = useUndo();
  const mark = useSetFavourite();
  const workspace = useOpenWorkspace();
  const [dialog, setDialog] = useState<FolderDialog>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ at: MenuPoint; item: boolean } | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const fileInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);

  // "All" means all: what is not loaded yet is fetched before it is selected.
  const [wantsAll, setWantsAll] = useState(false);
  useLoadAll(children, wantsAll);
  const { order, selection, setSelection, selected } = useFolderSelection(folderId, shown, search.item);

  useEffect(() => {
    if (!wantsAll) return;
    setSelection((now) => all(now, order));
    if (!children.hasNextPage) setWantsAll(false);
  }, [wantsAll, order, children.hasNextPage, setSelection]);

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
  const media = useMedia(shown, search.view);
  const openItem = useCallback(
    (id: string) => {
      const item = shown[order.at(id)];
      if (item?.kind === "folder")
        void navigate({ to: "/files/$nodeId", params: { nodeId: id }, search: {} });
      else if (item && mediaKind(item)) media.open(item);
      else if (item) setSearch({ item: id, panel: "details" });
    },
    [shown, order, navigate, setSearch, media],
  );
  const path = useFolderPath(node);
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
      startCopy: (nodes: readonly Node[]) => setDialog({ kind: "copy", nodes }),
      paste: ({ nodes, mode }: Clipboard) => {
        const here = { id: folderId, name: folderName };
        if (mode === "cut") changes.move(nodes, here);
        else copy(nodes, here);
      },
      view: media.open,
      mark,
      undo,
      remove: changes.remove,
      toggleDetails: () => setSearch({ panel: detailsOpen ? "none" : "details" }),
      focusFilter: () => filterField.current?.focus(),
      selectAll: () => setWantsAll(true),
      goUp,
    }),
    [
      node,
      folderId,
      folderName,
      selected,
      me,
      workspace,
      detailsOpen,
      changes,
      copy,
      mark,
      media,
      undo,
      setSearch,
      goUp,
    ],
  );
  const actions = useFileActions(actionInput);
  const looks = useLookActions(look, setLook);
  useRegisterActions(useMemo(() => [...actions.all, ...looks.all], [actions, looks]));

  const startDrag = useNodeDrag({
    items: shown,
    at: order.at,
    selected,
    onMove: changes.move,
    onCopy: copy,
  });
  const rowEvents = useRowEvents({
    startDrag,
    star: useCallback((item: Node, on: boolean) => mark([item], on), [mark]),
    items: shown,
    order,
    selection,
    setSelection,
    list,
    changes,
    openItem,
    openMenu: useCallback((at: MenuPoint) => setMenu({ at, item: true }), []),
    endRename: useCallback(() => setRenaming(null), []),
  });
  const cutIds = useMemo(
    () => new Set(clipboard?.mode === "cut" ? clipboard.nodes.map((each) => each.id) : []),
    [clipboard],
  );

  const crumbs = useMemo<Crumb[]>(
    () =>
      path.map((each) => ({
        label: each.name,
        link: { to: "/files/$nodeId", params: { nodeId: each.id } },
        folder: each.id,
      })),
    [path],
  );

  if (folder.isError) {
    return (
      <div className={css["main"]}>
        <PageHead title={t("shell.files")} crumbs={[{ label: t("shell.files") }]} />
        <ErrorState error={folder.error} onRetry={() => void folder.refetch()}>
          <Link to="/files">{t("files.to_personal")}</Link>
        </ErrorState>
      </div>
    );
  }

  return (
    <>
      <PageHead title={folderName} crumbs={crumbs} />
      <div className={css["main"]}>
        <FilesToolbar
          actions={actions}
          selected={selected}
          query={query}
          searching={searching}
          found={shown.length}
          more={children.hasNextPage}
          looks={looks}
          fieldRef={filterField}
          onQuery={(q) => setSearch({ q: q === "" ? undefined : q })}
          onLeaveFilter={() => list.current?.focus()}
          onClearSelection={() => setSelection(clear)}
        />
        <DropZone
          folderName={folderName}
          refusal={node && !node.abilities.write ? t("files.why_read_only") : null}
          onFiles={(target, collected) => {
            queue
              .addAll(target ?? folderId, collected)
              .catch(() => showNotice({ text: t("upload.unreadable"), tone: "danger" }));
          }}
        >
          <FolderContent
            loading={children}
            loaded={items.length}
            shown={shown.length}
            query={query}
            onShowAll={() => setSearch({ q: undefined })}
            emptyActs={
              <>
                <ActionButton action={actions.upload} kind="primary" />
                <ActionButton action={actions.uploadFolder} />
              </>
            }
          >
            <FileList
              label={folderName}
              items={shown}
              order={order}
              more={children.hasNextPage}
              grid={look.grid}
              sorting={{ order: look, onSort: (by) => setLook(orderAfter(look, by)) }}
              onMore={() => {
                if (!children.isFetching && !children.isPlaceholderData) void children.fetchNextPage();
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
          </FolderContent>
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
      {media.viewed ? (
        <Viewer
          items={media.items}
          node={media.viewed}
          onShow={(id) => {
            media.show(id);
            setSelection(only(id));
          }}
          onClose={media.close}
        />
      ) : null}
      <ContextMenu
        label={menu?.item ? t("files.group_selected") : t("files.group_here")}
        at={menu?.at ?? null}
        onClose={() => setMenu(null)}
        groups={menu?.item ? actions.itemMenu : actions.folderMenu}
      />
      <FolderDialogs
        dialog={dialog}
        folderId={folderId}
        path={path}
        returnTo={list}
        onClose={() => setDialog(null)}
        onMade={(made) => setSelection({ active: made.id, anchor: made.id, selected: new Set([made.id]) })}
        onMove={changes.move}
        onCopy={copy}
      />
      <UploadInputs
        files={fileInput}
        folder={folderInput}
        onChosen={(collected) => queue.add(folderId, collected)}
      />
    </>
  );
}
