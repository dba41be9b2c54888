import type { ApiClient } from "@/api/client";
import { RoleRequest } from "@/api/model-access";

export function requestRole(api: ApiClient, body: { reason: string; minutes: number }) {
  return api.read(RoleRequest, api.http.POST("/api/v1/account/role-requests", { body }));
}
