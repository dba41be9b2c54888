import type { ApiClient } from "@/api/client";
import { VersionPage } from "@/api/model";

export function listVersions(api: ApiClient, id: string, after: number | null, signal: AbortSignal) {
  return api.read(
    VersionPage,
    api.http.GET("/api/v1/nodes/{node_id}/versions", {
      params: { path: { node_id: id }, query: { limit: 50, ...(after === null ? {} : { after }) } },
      signal,
    }),
  );
}
