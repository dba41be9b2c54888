import type { ApiClient } from "@/api/client";
import { NodePage } from "@/api/model";

/** One page of a folder: folders first, then by name, as the server sorts. */
export function listChildren(
  api: ApiClient,
  folderId: string,
  options: { after?: string | null; limit?: number; foldersOnly?: boolean; signal?: AbortSignal },
): Promise<NodePage> {
  return api.read(
    NodePage,
    api.http.GET("/api/v1/nodes/{node_id}/children", {
      params: {
        path: { node_id: folderId },
        query: {
          limit: options.limit ?? 200,
          ...(options.after ? { after: options.after } : {}),
          ...(options.foldersOnly ? { kind: "folder" as const } : {}),
        },
      },
      ...(options.signal ? { signal: options.signal } : {}),
    }),
  );
}
