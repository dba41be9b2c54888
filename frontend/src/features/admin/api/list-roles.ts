import type { ApiClient } from "@/api/client";
import { Roles } from "./model";

export function listRoles(api: ApiClient, signal: AbortSignal) {
  return api.read(Roles, api.http.GET("/api/v1/admin/roles", { signal }));
}
