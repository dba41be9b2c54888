import type { ApiClient } from "@/api/client";

export async function deleteRole(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/admin/roles/{role_id}", { params: { path: { role_id: id } } });
}
