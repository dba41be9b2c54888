import type { ApiClient } from "@/api/client";
import { allPages } from "@/lib/all-pages";
import { Members } from "./model";

export function listMembers(api: ApiClient, id: string, signal: AbortSignal) {
  return allPages((after) =>
    api.read(
      Members,
      api.http.GET("/api/v1/admin/groups/{group_id}/members", {
        params: { path: { group_id: id }, query: { limit: 200, ...(after === null ? {} : { after }) } },
        signal,
      }),
    ),
  );
}
