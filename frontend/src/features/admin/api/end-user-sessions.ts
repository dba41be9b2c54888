import type { ApiClient } from "@/api/client";

export async function endUserSessions(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/admin/users/{user_id}/sessions", { params: { path: { user_id: id } } });
}
