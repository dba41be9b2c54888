import type { ApiClient } from "@/api/client";
import { RoleRequest } from "@/api/model-access";

export function denyRequest(api: ApiClient, id: string) {
  return api.read(
    RoleRequest,
    api.http.POST("/api/v1/admin/role-requests/{request_id}/denial", {
      params: { path: { request_id: id } },
    }),
  );
}
