import type { ApiClient } from "@/api/client";
import { RoleRequest } from "@/api/model-access";

export function reviewEmergency(api: ApiClient, id: string) {
  return api.read(
    RoleRequest,
    api.http.POST("/api/v1/audit/emergencies/{request_id}/review", {
      params: { path: { request_id: id } },
    }),
  );
}
