import type { ApiClient } from "@/api/client";
import { RoleRequest } from "@/api/model-access";

export function approveRequest(api: ApiClient, id: string) {
  return api.read(
    RoleRequest,
    api.http.POST("/api/v1/admin/role-requests/{request_id}/approval", {
      params: { path: { request_id: id } },
    }),
  );
}
