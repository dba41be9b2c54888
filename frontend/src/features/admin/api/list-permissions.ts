import type { ApiClient } from "@/api/client";
import { Permissions } from "./model";

export function listPermissions(api: ApiClient, signal: AbortSignal) {
  return api.read(Permissions, api.http.GET("/api/v1/admin/permissions", { signal }));
}
