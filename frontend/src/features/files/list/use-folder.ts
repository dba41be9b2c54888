// A folder and what it holds, page by page, in the order and through the filter of the page.
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useApi } from "@/api/context";
import { keys, nodeQuery } from "@/api/queries";
import { listChildren } from "../api/list-children";
import { isSmall, itemsOf, type Children } from "./children-cache";
import { inView, type ListView } from "./view";

/** The first page is small, so that it stands at once; the following ones are large. */
const firstPage = 200;
const laterPages = 1000;
/** So long after the last key the server is asked, in ms. */
const typedMs = 200;
/** Bytes; no name is longer. */
const longestPart = 255;

function useChildren(id: string, view: ListView, enabled: boolean) {
  const api = useApi();
  const { by, descending, part } = view;
  // Of a list of many pages each would be asked for again, one after the other.
  const ifSmall = (query: { state: { data?: unknown } }) => isSmall(query.state.data as Children | undefined);
  return useInfiniteQuery({
    queryKey: [...keys.children(id), { by, descending, part } satisfies ListView],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      listChildren(api, id, {
        after: pageParam,
        limit: pageParam === null ? firstPage : laterPages,
        order: { by, descending },
        part,
        signal,
      }),
    getNextPageParam: (page) => page.next,
    // What was shown stays until the other order is there.
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: ifSmall,
    refetchOnReconnect: ifSmall,
    refetchOnMount: ifSmall,
    enabled,
  });
}

/** `view.part` is searched for here once the whole folder is loaded, and by the server before. */
export function useFolder(id: string, view: ListView) {
  const api = useApi();
  const folder = useQuery(nodeQuery(api, id));
  const { by, descending } = view;
  const part = cutTo(view.part.trim(), longestPart);
  const whole = useChildren(id, { by, descending, part: "" }, true);
  const [asked] = useDebouncedValue(part, typedMs);
  const atServer = part !== "" && whole.hasNextPage;
  const found = useChildren(id, { by, descending, part: asked }, atServer && asked !== "");
  const children = atServer ? found : whole;
  const items = useMemo(() => itemsOf(whole.data), [whole.data]);
  const foundItems = useMemo(() => itemsOf(found.data), [found.data]);
  const shown = useMemo(() => {
    if (part === "") return items;
    // The server searches further; what it found before the last key was typed is searched here.
    return (atServer ? foundItems : items).filter((item) => inView(item, { by, descending, part }));
  }, [atServer, items, foundItems, by, descending, part]);
  return { folder, children, items, shown, searching: atServer && (asked !== part || found.isFetching) };
}

/** Loads on: what is selected must be there, and an empty page of a filtered list is not its end. */
export function useLoadAll(children: ReturnType<typeof useFolder>["children"], wanted: boolean): void {
  const { hasNextPage, isFetchingNextPage, isError, isPlaceholderData, fetchNextPage } = children;
  useEffect(() => {
    if (wanted && hasNextPage && !isFetchingNextPage && !isError && !isPlaceholderData) void fetchNextPage();
  }, [wanted, hasNextPage, isFetchingNextPage, isError, isPlaceholderData, fetchNextPage]);
}

/** The text up to so many bytes of UTF-8. */
function cutTo(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  let cut = text;
  while (encoder.encode(cut).length > bytes) cut = cut.slice(0, -1);
  return cut;
}
