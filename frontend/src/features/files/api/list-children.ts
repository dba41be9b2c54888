import type { ApiClient } from "@/api/client";
import { NodePage } from "@/api/model";
import { plainOrder, type ListOrder } from "../list/view";

/** One page of a folder: folders first, then by name or as asked for. A page of a filtered list may be empty and not the last. */
export function listChildren(
  api: ApiClient,
  folderId: string,
  options: {
    after?: string | null;
    limit?: number;
    foldersOnly?: boolean;
    order?: ListOrder;
    /** Only what has this in its name. */
    part?: string;
    signal?: AbortSignal;
  },
): Promise<NodePage> {
  const { by, descending } = options.order ?? plainOrder;
  const query = {
    limit: options.limit ?? 200,
    sort: by,
    direction: descending ? ("desc" as const) : ("asc" as const),
    ...(options.after ? { after: options.after } : {}),
    ...(options.foldersOnly ? { kind: "folder" as const } : {}),
    ...(options.part ? { q: options.part } : {}),
  };
  return api.read(
    NodePage,
    api.http.GET("/api/v1/nodes/{node_id}/children", {
      params: { path: { node_id: folderId }, query },
      ...(options.signal ? { signal: options.signal } : {}),
    }),
  );
}
