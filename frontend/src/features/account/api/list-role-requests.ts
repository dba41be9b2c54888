import type { ApiClient } from "@/api/client";
import { RoleRequests } from "@/api/model-access";

export function listRoleRequests(api: ApiClient, signal: AbortSignal) {
  return api.read(RoleRequests, api.http.GET("/api/v1/account/role-requests", { signal }));
}
