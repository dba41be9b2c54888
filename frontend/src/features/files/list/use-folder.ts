// A folder and what it holds, page by page.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useApi } from "@/api/context";
import { keys, nodeQuery } from "@/api/queries";
import { listChildren } from "../api/list-children";
import { itemsOf } from "./children-cache";

/** The first page is small, so that it stands at once; the following ones are large. */
const firstPage = 200;
const laterPages = 1000;

export function useFolder(id: string) {
  const api = useApi();
  const folder = useQuery(nodeQuery(api, id));
  const children = useInfiniteQuery({
    queryKey: keys.children(id),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      listChildren(api, id, { after: pageParam, limit: pageParam === null ? firstPage : laterPages, signal }),
    getNextPageParam: (page) => page.next,
  });
  const items = useMemo(() => itemsOf(children.data), [children.data]);
  return { folder, children, items };
}

/** Loads the rest as well: a filter over a part of a folder would lie. */
export function useLoadAll(children: ReturnType<typeof useFolder>["children"], wanted: boolean): void {
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = children;
  useEffect(() => {
    if (wanted && hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [wanted, hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
}
