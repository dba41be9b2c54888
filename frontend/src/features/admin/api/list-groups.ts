import type { ApiClient } from "@/api/client";
import { Groups } from "./model";

export function listGroups(api: ApiClient, signal: AbortSignal) {
  return api.read(Groups, api.http.GET("/api/v1/admin/groups", { signal }));
}
