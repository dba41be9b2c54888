// What a person marked, and marking it.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { keys } from "@/api/queries";
import { eachLimited } from "@/lib/each-limited";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";
import { listFavourites } from "../api/list-favourites";
import { setFavourite } from "../api/set-favourite";

const parallel = 6;

export function useFavourites() {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: keys.favourites,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => listFavourites(api, pageParam, signal),
    getNextPageParam: (page) => page.next,
  });
}

export function useSetFavourite(): (nodes: readonly Node[], on: boolean) => void {
  const api = useApi();
  const queries = useQueryClient();
  const describe = useProblemText();
  return useCallback(
    (nodes, on) => {
      const set = async () => {
        await eachLimited(nodes, parallel, async (node) => {
          try {
            await setFavourite(api, node.id, on);
          } catch (error) {
            showNotice({ text: describe(error), tone: "danger" });
          }
        });
        await queries.invalidateQueries({ queryKey: keys.favourites });
      };
      void set();
    },
    [api, queries, describe],
  );
}
