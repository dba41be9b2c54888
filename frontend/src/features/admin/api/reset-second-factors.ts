import type { ApiClient } from "@/api/client";

export async function resetSecondFactors(api: ApiClient, id: string, reason: string): Promise<void> {
  await api.http.POST("/api/v1/admin/users/{user_id}/second-factors/reset", {
    params: { path: { user_id: id } },
    body: { reason },
  });
}
