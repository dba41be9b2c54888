// The one queue of the page, kept while one walks from folder to folder, and its link to the cached lists.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import type { ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { keys, makeFolder } from "@/api/queries";
import { listChildren } from "../api/list-children";
import { putFile } from "../api/put-file";
import { putLargeFile } from "../api/put-large-file";
import { editChildren, insertNodes, isSmall, type Children } from "../list/children-cache";
import { UploadQueue, type UploadServer } from "./upload-queue";
import type { UploadStatus } from "./upload-status";

/** Larger files are sent in pieces and can go on after an interruption. */
const largeBytes = 8 * 1024 * 1024;

const Context = createContext<UploadQueue | null>(null);

async function versionOf(
  api: ApiClient,
  folderId: string,
  name: string,
  signal: AbortSignal,
): Promise<string | null> {
  let after: string | null = null;
  do {
    const page = await listChildren(api, folderId, { after, limit: 1000, signal });
    const found = page.items.find((item) => item.name === name && item.kind === "file");
    if (found) return found.version?.id ?? null;
    after = page.next;
  } while (after !== null);
  return null;
}

const serverOf = (api: ApiClient): UploadServer => ({
  makeFolder: (parentId, name) => makeFolder(api, parentId, name, "use"),
  putFile: (put) => (put.body.size > largeBytes ? putLargeFile(api, put) : putFile(api, put)),
  versionOf: (folderId, name, signal) => versionOf(api, folderId, name, signal),
});

/** How often finished files are added to the lists that show their folder. */
const flushMs = 400;

export function UploadProvider(props: { children: ReactNode }) {
  const api = useApi();
  const queries = useQueryClient();
  const [queue] = useState(() => {
    const stored = new Map<string, Node[]>();
    const touched = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      for (const [folderId, nodes] of stored) {
        editChildren(queries, folderId, (data, view) => insertNodes(data, nodes, view));
      }
      stored.clear();
    };
    return new UploadQueue(serverOf(api), {
      stored: (node) => {
        if (node.parent_id === null) return;
        touched.add(node.parent_id);
        const nodes = stored.get(node.parent_id);
        if (nodes) nodes.push(node);
        else stored.set(node.parent_id, [node]);
        timer ??= setTimeout(flush, flushMs);
      },
      idle: () => {
        if (touched.size === 0) return;
        clearTimeout(timer);
        flush();
        for (const folderId of touched) {
          // A list of many pages has what arrived already; reading it anew would cost a request for each page.
          void queries.invalidateQueries({
            queryKey: keys.children(folderId),
            predicate: (query) => isSmall(query.state.data as Children | undefined),
          });
        }
        touched.clear();
        void queries.invalidateQueries({ queryKey: keys.spaces });
      },
    });
  });
  return <Context.Provider value={queue}>{props.children}</Context.Provider>;
}

export function useUploadQueue(): UploadQueue {
  const queue = useContext(Context);
  if (!queue) throw new Error("UploadProvider is missing");
  return queue;
}

export function useUploadStatus(): UploadStatus {
  const queue = useUploadQueue();
  return useSyncExternalStore(queue.subscribe, queue.read);
}

/** Asks before the page is closed while files are on their way. */
export function useLeaveGuard(status: UploadStatus): void {
  const busy = status.sending.length > 0 || status.waiting > 0 || status.held.length > 0;
  useEffect(() => {
    if (!busy) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [busy]);
}
