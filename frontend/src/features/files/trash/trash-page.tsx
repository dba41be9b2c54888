// What was deleted in a space: back to its place, or gone for good.
import { NativeSelect } from "@mantine/core";
import { IconArrowBackUp, IconFolderShare, IconTrash, IconTrashX, IconX } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState, type MouseEvent } from "react";
import { useApi } from "@/api/context";
import type { Node, Space } from "@/api/model";
import { keys, useSpaces } from "@/api/queries";
import { Answer } from "@/components/answer";
import { ActionButton, ActionIconButton, IconButton } from "@/components/button";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { ContextMenu, type MenuPoint } from "@/components/menu";
import { PageHead } from "@/components/page-head";
import { EmptyState, ErrorState, NotFoundState } from "@/components/states";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import { visibleName } from "@/lib/visible-name";
import { listTrash } from "../api/list-trash";
import { ChooseFolderDialog } from "../dialogs/choose-folder-dialog";
import { FileList, FileListSkeleton } from "../list/file-list";
import type { RowColumns } from "../list/file-row";
import { clear } from "../list/selection";
import { useListSelection } from "../list/use-list-selection";
import { useRowEvents } from "../list/use-row-events";
import { EmptyTrashDialog } from "./empty-trash-dialog";
import { useTrashChanges } from "./use-trash-changes";
import css from "../files.module.css";

export function TrashPage() {
  const { t } = useI18n();
  const { space: wanted } = useSearch({ from: "/shell/trash" });
  const spaces = useSpaces();
  return (
    <>
      <PageHead title={t("trash.title")} crumbs={[{ label: t("trash.title") }]} />
      <Answer to={spaces} skeleton={<FileListSkeleton />}>
        {(all) => {
          const space = all.find((each) => (wanted ? each.id === wanted : each.kind === "personal"));
          const shown = space ?? (wanted ? undefined : all[0]);
          if (!shown) {
            return wanted ? <NotFoundState /> : <EmptyState icon={IconTrash} title={t("trash.no_space")} />;
          }
          return <SpaceTrash key={shown.id} space={shown} spaces={all} />;
        }}
      </Answer>
    </>
  );
}

const nobody: readonly { id: string; name: string }[] = [];

function SpaceTrash({ space, spaces }: { space: Space; spaces: readonly Space[] }) {
  const { t, format } = useI18n();
  const api = useApi();
  const phone = usePhone();
  const navigate = useNavigate();
  const list = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<MenuPoint | null>(null);
  const [asking, setAsking] = useState<"empty" | "purge" | null>(null);
  const [placing, setPlacing] = useState<readonly Node[] | null>(null);
  const nameOf = useCallback(
    (each: Space) => (each.kind === "personal" ? t("shell.personal_space") : visibleName(each.name)),
    [t],
  );
  const name = nameOf(space);

  const trash = useInfiniteQuery({
    queryKey: keys.trash(space.id),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => listTrash(api, space.id, pageParam, signal),
    getNextPageParam: (page) => page.next,
  });
  const entries = useMemo(
    () => new Map(trash.data?.pages.flatMap((page) => page.items).map((entry) => [entry.node.id, entry])),
    [trash.data],
  );
  const items = useMemo(() => [...entries.values()].map((entry) => entry.node), [entries]);
  const { order, selection, setSelection, selected } = useListSelection(items);

  const changes = useTrashChanges(space.id, {
    placeGone: setPlacing,
    show: useCallback(
      (node: Node) =>
        void navigate({
          to: "/files/$nodeId",
          params: { nodeId: node.parent_id ?? node.id },
          search: { item: node.id },
        }),
      [navigate],
    ),
  });
  const columns = useMemo<RowColumns>(
    () => ({
      when: { label: t("trash.column_when"), of: (node) => entries.get(node.id)?.trashed_at ?? "" },
      note: { label: t("trash.column_from"), of: (node) => entries.get(node.id)?.from || name },
    }),
    [t, entries, name],
  );
  const events = useRowEvents({
    items,
    order,
    selection,
    setSelection,
    list,
    changes: useMemo(
      () => ({
        dismiss: changes.dismiss,
        // A name is only asked for here because the old one is taken by now.
        rename: (node: Node, next: string) => changes.restore([node], { name: next }),
      }),
      [changes],
    ),
    openItem: useCallback(() => undefined, []),
    openMenu: setMenu,
    endRename: useCallback(() => undefined, []),
  });

  const actions = useMemo(() => {
    const these = t("files.group_selected");
    const none = selected.length === 0 ? t("files.why_nothing_selected") : null;
    const writes = space.abilities.write ? null : t("files.why_read_only");
    const restore: Action = {
      id: "trash.restore",
      label: t("trash.restore"),
      group: these,
      icon: IconArrowBackUp,
      shortcut: "R",
      disabledReason: none ?? writes,
      run: () => changes.restore(selected),
    };
    const restoreTo: Action = {
      id: "trash.restore-to",
      label: t("trash.restore_to"),
      group: these,
      icon: IconFolderShare,
      shortcut: "M",
      disabledReason: none ?? writes,
      run: () => setPlacing(selected),
    };
    const purge: Action = {
      id: "trash.purge",
      label: t("trash.purge"),
      group: these,
      icon: IconTrashX,
      shortcut: "shift+Delete",
      danger: true,
      disabledReason:
        none ??
        (selected.every((node) => node.abilities.delete || space.abilities.write)
          ? null
          : t("files.why_no_delete")),
      run: () => setAsking("purge"),
    };
    const empty: Action = {
      id: "trash.empty",
      label: t("trash.empty"),
      group: t("trash.title"),
      icon: IconTrashX,
      danger: true,
      disabledReason: items.length === 0 ? t("trash.why_empty") : writes,
      run: () => setAsking("empty"),
    };
    return { restore, restoreTo, purge, empty };
  }, [t, selected, space, items.length, changes]);
  useRegisterActions(useMemo(() => Object.values(actions), [actions]));

  const one = selected.length === 1 ? entries.get(selected[0]?.id ?? "") : undefined;
  const placed = useMemo(() => new Set(placing?.map((node) => node.id)), [placing]);
  return (
    <div className={css["page"]}>
      <div className={css["main"]}>
        <div className={css["tools"]} role="toolbar" aria-label={t("trash.title")}>
          {selected.length > 0 ? (
            <>
              <IconButton
                icon={IconX}
                label={t("files.clear_selection")}
                onClick={() => setSelection(clear)}
              />
              <b className="num">{t("files.selected", { count: selected.length })}</b>
              {one?.purge_at && !phone ? (
                <span className={`${css["hint"]} cut`}>
                  {t("trash.until", { date: format.date(one.purge_at) })}
                </span>
              ) : null}
              <span className={css["space"]} />
              {phone ? (
                <>
                  <ActionIconButton action={{ ...actions.restore, icon: IconArrowBackUp }} />
                  <ActionIconButton action={{ ...actions.restoreTo, icon: IconFolderShare }} />
                  <ActionIconButton action={{ ...actions.purge, icon: IconTrashX }} />
                </>
              ) : (
                <>
                  <ActionButton action={actions.restore} kind="primary" />
                  <ActionButton action={actions.restoreTo} />
                  <ActionButton action={actions.purge} kind="danger" />
                </>
              )}
            </>
          ) : (
            <>
              {spaces.length > 1 ? (
                <NativeSelect
                  aria-label={t("trash.of_space")}
                  value={space.id}
                  onChange={(event) =>
                    void navigate({ to: "/trash", search: { space: event.currentTarget.value } })
                  }
                  data={spaces.map((each) => ({ value: each.id, label: nameOf(each) }))}
                  classNames={{ ...fieldClasses, root: css["choice"] ?? "" }}
                />
              ) : null}
              <span className={css["space"]} />
              <ActionButton action={actions.empty} />
            </>
          )}
        </div>
        {trash.isError && items.length === 0 ? (
          <ErrorState error={trash.error} onRetry={() => void trash.refetch()} />
        ) : trash.isPending ? (
          <FileListSkeleton />
        ) : items.length === 0 && !trash.hasNextPage ? (
          <EmptyState icon={IconTrash} title={t("trash.none_title")} text={t("trash.none_text")} />
        ) : (
          <FileList
            label={t("trash.list", { space: name })}
            items={items}
            order={order}
            columns={columns}
            more={trash.hasNextPage}
            onMore={() => {
              if (!trash.isFetching) void trash.fetchNextPage();
            }}
            selection={selection}
            onSelection={setSelection}
            cut={noIds}
            renaming={null}
            failures={changes.failures}
            events={events}
            onOpen={noAct}
            onUp={noAct}
            onEscape={() => setSelection(clear)}
            onMenuOfFolder={(event: MouseEvent) => event.preventDefault()}
            focusRef={list}
          />
        )}
      </div>
      <ContextMenu
        label={t("files.group_selected")}
        at={menu}
        onClose={() => setMenu(null)}
        groups={[[actions.restore, actions.restoreTo], [actions.purge]]}
      />
      {placing ? (
        <ChooseFolderDialog
          title={
            placing.length === 1
              ? t("trash.place_one", { name: visibleName(placing[0]?.name ?? "") })
              : t("trash.place_many", { count: placing.length })
          }
          verb={(folder) => t("trash.restore_here", { folder: visibleName(folder) })}
          plainVerb={t("trash.restore")}
          here={null}
          without={placed}
          path={space.abilities.write ? [{ id: space.root_id, name }] : nobody}
          returnTo={list}
          onClose={() => setPlacing(null)}
          onChoose={(target) => changes.restore(placing, { folderId: target.id })}
        />
      ) : null}
      {asking === "empty" ? (
        <EmptyTrashDialog space={{ id: space.id, name }} onClose={() => setAsking(null)} />
      ) : null}
      {asking === "purge" ? (
        <FormDialog
          title={
            selected.length === 1
              ? t("trash.purge_one", { name: visibleName(selected[0]?.name ?? "") })
              : t("trash.purge_many", { count: selected.length })
          }
          text={<p>{t("trash.purge_text")}</p>}
          submit={t("trash.purge")}
          danger
          onClose={() => setAsking(null)}
          onSubmit={() => {
            setAsking(null);
            changes.purge(selected);
          }}
          pending={false}
          error={null}
        />
      ) : null}
    </div>
  );
}

const noIds: ReadonlySet<string> = new Set();
const noAct = () => undefined;
