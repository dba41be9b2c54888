import type { ApiClient } from "@/api/client";

export async function withdrawRoleRequest(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/account/role-requests/{request_id}", {
    params: { path: { request_id: id } },
  });
}
