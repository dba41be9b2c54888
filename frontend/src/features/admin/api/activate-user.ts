import type { ApiClient } from "@/api/client";

export async function activateUser(api: ApiClient, id: string): Promise<void> {
  await api.http.POST("/api/v1/admin/users/{user_id}/activation", { params: { path: { user_id: id } } });
}
