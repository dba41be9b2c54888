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
import { editChildren, replaceNode } from "../list/children-cache";

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
      const show = (node: Node, favourite: boolean) => {
        if (node.parent_id)
          editChildren(queries, node.parent_id, (data) => replaceNode(data, { ...node, favourite }));
      };
      const set = async () => {
        for (const node of nodes) show(node, on);
        await eachLimited(nodes, parallel, async (node) => {
          try {
            await setFavourite(api, node.id, on);
          } catch (error) {
            show(node, !on);
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
