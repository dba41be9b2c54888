import type { ApiClient } from "@/api/client";

export async function deleteGroup(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/admin/groups/{group_id}", { params: { path: { group_id: id } } });
}
