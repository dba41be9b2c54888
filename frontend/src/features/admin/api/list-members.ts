import type { ApiClient } from "@/api/client";
import { Members } from "./model";

export function listMembers(api: ApiClient, id: string, signal: AbortSignal) {
  return api.read(
    Members,
    api.http.GET("/api/v1/admin/groups/{group_id}/members", { params: { path: { group_id: id } }, signal }),
  );
}
