import type { ApiClient } from "@/api/client";

export async function deactivateUser(api: ApiClient, id: string): Promise<void> {
  await api.http.POST("/api/v1/admin/users/{user_id}/deactivation", { params: { path: { user_id: id } } });
}
