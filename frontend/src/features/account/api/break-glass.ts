import type { ApiClient } from "@/api/client";
import { RoleRequest } from "@/api/model-access";

export function breakGlass(api: ApiClient, reason: string) {
  return api.read(RoleRequest, api.http.POST("/api/v1/account/break-glass", { body: { reason } }));
}
