// The folders below the folders that stand open in a tree, each list read when it is first opened.
import { useQueries, type QueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { listChildren } from "../api/list-children";

/** Of one folder; who has more uses the list. */
const limit = 1000;

const keyOf = (id: string) => ["folders", id] as const;

export interface FolderBranch {
  data?: { items: Node[] } | undefined;
  error: Error | null;
}

export function useFolderBranches(open: ReadonlySet<string>): ReadonlyMap<string, FolderBranch | undefined> {
  const api = useApi();
  const ids = useMemo(() => [...open], [open]);
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: keyOf(id),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        listChildren(api, id, { limit, foldersOnly: true, signal }),
      staleTime: 10_000,
    })),
    combine: useCallback(
      (results: FolderBranch[]) => new Map(ids.map((id, index) => [id, results[index]])),
      [ids],
    ),
  });
}

/** Folders in these came, went or got another name. */
export function foldersChanged(queries: QueryClient, parents: Iterable<string | null>): void {
  for (const id of new Set(parents)) {
    if (id !== null) void queries.invalidateQueries({ queryKey: keyOf(id) });
  }
}
