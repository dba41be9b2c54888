// The folders that are open in the explorer, read when they are opened and again when something in them changed.
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { listTree } from "../api/list-tree";
import type { Ide } from "../api/ide";
import type { Entry } from "../api/model";
import type { WorkspaceConnection } from "../connection/workspace-connection";
import { parentOf } from "./ignored";

const treeKey = (base: string, path: string) => ["ide", base, "tree", path] as const;

export interface TreeFolder {
  entries: readonly Entry[] | undefined;
  error: Error | null;
}

export function sortEntries(entries: readonly Entry[]): Entry[] {
  const group = (entry: Entry) => (entry.kind === "folder" ? 0 : 1);
  return [...entries].sort(
    (a, b) => group(a) - group(b) || a.path.localeCompare(b.path, undefined, { numeric: true }),
  );
}

export function useTree(
  ide: Ide,
  connection: WorkspaceConnection,
  ready: boolean,
  open: ReadonlySet<string>,
) {
  const queries = useQueryClient();
  const paths = useMemo(() => ["", ...open], [open]);
  const folders = useQueries({
    queries: paths.map((path) => ({
      queryKey: treeKey(ide.base, path),
      queryFn: async ({ signal }: { signal: AbortSignal }) => sortEntries(await listTree(ide, path, signal)),
      enabled: ready,
      staleTime: Infinity,
    })),
    combine: useCallback(
      (results: { data: Entry[] | undefined; error: Error | null }[]) =>
        new Map<string, TreeFolder>(
          paths.map((path, index) => [
            path,
            { entries: results[index]?.data, error: results[index]?.error ?? null },
          ]),
        ),
      [paths],
    ),
  });
  const refresh = useCallback(
    (path: string | null) =>
      void queries.invalidateQueries({
        queryKey: path === null ? ["ide", ide.base, "tree"] : treeKey(ide.base, path),
      }),
    [queries, ide.base],
  );
  useEffect(
    () =>
      connection.onEvent((event) => {
        if (event.type === "files") {
          if (event.overflow) refresh(null);
          else for (const folder of new Set(event.paths.map(parentOf))) refresh(folder);
        } else if (event.type === "state" && event.state === "ready") refresh(null);
      }),
    [connection, refresh],
  );
  return { folders, refresh };
}
