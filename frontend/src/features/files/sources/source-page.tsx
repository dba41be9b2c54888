// The same list with another source: favourites and recents. Each item leads to where it is.
import {
  IconClock,
  IconDownload,
  IconFolderOpen,
  IconStar,
  IconStarOff,
  type Icon,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState, type MouseEvent } from "react";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { keys, useAllSpaces } from "@/api/queries";
import { ContextMenu, type MenuPoint } from "@/components/menu";
import { PageHead } from "@/components/page-head";
import { EmptyState, ErrorState } from "@/components/states";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { downloadUrl } from "../download-url";
import { listRecents } from "../api/list-recents";
import { FileList, FileListSkeleton } from "../list/file-list";
import type { RowColumns } from "../list/file-row";
import { clear } from "../list/selection";
import { useListSelection } from "../list/use-list-selection";
import { useRowEvents } from "../list/use-row-events";
import { mediaKind } from "../viewer/media";
import { usePlay } from "../viewer/use-play";
import { useDownload } from "../use-download";
import { useFavourites, useSetFavourite } from "./use-favourites";
import css from "../files.module.css";

interface Source {
  items: readonly Node[];
  pending: boolean;
  error: Error | null;
  retry: () => void;
  more: boolean;
  onMore: () => void;
}

export function FavouritesPage() {
  const { t } = useI18n();
  const favourites = useFavourites();
  const items = useMemo(() => favourites.data?.pages.flatMap((page) => page.items) ?? [], [favourites.data]);
  return (
    <SourceList
      title={t("sources.favourites")}
      empty={{ icon: IconStar, title: t("sources.no_favourites"), text: t("sources.no_favourites_text") }}
      favourites
      source={{
        items,
        pending: favourites.isPending,
        error: favourites.error,
        retry: () => void favourites.refetch(),
        more: favourites.hasNextPage,
        onMore: () => {
          if (!favourites.isFetching) void favourites.fetchNextPage();
        },
      }}
    />
  );
}

export function RecentsPage() {
  const { t } = useI18n();
  const api = useApi();
  const recents = useQuery({ queryKey: keys.recents, queryFn: ({ signal }) => listRecents(api, signal) });
  const items = useMemo(() => recents.data?.items.map((each) => each.node) ?? [], [recents.data]);
  const times = useMemo(
    () => new Map(recents.data?.items.map((each) => [each.node.id, each.at])),
    [recents.data],
  );
  return (
    <SourceList
      title={t("sources.recents")}
      empty={{ icon: IconClock, title: t("sources.no_recents"), text: t("sources.no_recents_text") }}
      at={times}
      source={{
        items,
        pending: recents.isPending,
        error: recents.error,
        retry: () => void recents.refetch(),
        more: false,
        onMore: noAct,
      }}
    />
  );
}

function SourceList(props: {
  title: string;
  empty: { icon: Icon; title: string; text: string };
  source: Source;
  /** These are the favourites: they can be taken from the list. */
  favourites?: boolean;
  /** When each was used; when it was changed, without it. */
  at?: ReadonlyMap<string, string>;
}) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const spaces = useAllSpaces();
  const download = useDownload();
  const mark = useSetFavourite();
  const play = usePlay();
  const list = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<MenuPoint | null>(null);
  const { source, at } = props;
  const { order, selection, setSelection, selected } = useListSelection(source.items);

  const show = useCallback(
    (node: Node) => {
      if (node.kind === "folder") void navigate({ to: "/files/$nodeId", params: { nodeId: node.id } });
      else if (node.parent_id)
        void navigate({
          to: "/files/$nodeId",
          params: { nodeId: node.parent_id },
          search: { item: node.id, panel: "details" },
        });
    },
    [navigate],
  );
  const columns = useMemo<RowColumns>(() => {
    const spaceOf = new Map(
      spaces.data?.map((space) => [
        space.id,
        space.kind === "personal" ? t("shell.personal_space") : space.name,
      ]),
    );
    return {
      when: {
        label: at ? t("sources.used") : t("files.column_changed"),
        of: (node) => at?.get(node.id) ?? node.changed_at,
      },
      note: { label: t("trash.of_space"), of: (node) => spaceOf.get(node.space_id) ?? "" },
    };
  }, [spaces.data, at, t]);
  const openItem = useCallback(
    (id: string) => {
      const node = source.items[order.at(id)];
      const kind = node ? mediaKind(node) : null;
      if (node && kind === "sound") play(node, source.items);
      else if (node?.parent_id && kind)
        void navigate({
          to: "/files/$nodeId",
          params: { nodeId: node.parent_id },
          search: { item: node.id, view: node.id },
        });
      else if (node) show(node);
    },
    [source.items, order, show, play, navigate],
  );
  const events = useRowEvents({
    items: source.items,
    order,
    selection,
    setSelection,
    list,
    changes: still,
    openItem,
    openMenu: setMenu,
    endRename: noAct,
  });
  const actions = useMemo<Action[]>(() => {
    const group = t("files.group_selected");
    const one = selected.length === 1 ? selected[0] : undefined;
    const needsOne =
      selected.length === 0 ? t("files.why_nothing_selected") : one ? null : t("files.why_only_one");
    return [
      {
        id: "sources.show",
        label: t("sources.show"),
        group,
        icon: IconFolderOpen,
        disabledReason: needsOne,
        run: () => one && show(one),
      },
      {
        id: "files.download",
        label: t("files.download"),
        group,
        icon: IconDownload,
        disabledReason: selected.length === 0 ? t("files.why_nothing_selected") : null,
        run: () => {
          const target = downloadUrl(selected);
          if (target) download(target.url, target.name);
        },
      },
      {
        id: "files.favourite",
        label: props.favourites ? t("sources.unmark") : t("sources.mark"),
        group,
        icon: props.favourites ? IconStarOff : IconStar,
        disabledReason: selected.length === 0 ? t("files.why_nothing_selected") : null,
        run: () => mark(selected, !props.favourites),
      },
    ];
  }, [t, selected, show, download, mark, props.favourites]);
  useRegisterActions(actions);
  return (
    <div className={css["page"]}>
      <PageHead title={props.title} crumbs={[{ label: props.title }]} />
      <div className={css["main"]}>
        {source.error && source.items.length === 0 ? (
          <ErrorState error={source.error} onRetry={source.retry} />
        ) : source.pending ? (
          <FileListSkeleton />
        ) : source.items.length === 0 ? (
          <EmptyState {...props.empty} />
        ) : (
          <FileList
            label={props.title}
            items={source.items}
            order={order}
            columns={columns}
            more={source.more}
            onMore={source.onMore}
            selection={selection}
            onSelection={setSelection}
            cut={noIds}
            renaming={null}
            failures={noFailures}
            events={events}
            onOpen={openItem}
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
        groups={[actions]}
      />
    </div>
  );
}

const noAct = () => undefined;
const noIds: ReadonlySet<string> = new Set();
const noFailures = new Map<string, never>();
const still = { rename: noAct, dismiss: noAct };
