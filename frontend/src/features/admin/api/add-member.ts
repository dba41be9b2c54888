import type { ApiClient } from "@/api/client";

export async function addMember(api: ApiClient, groupId: string, userId: string): Promise<void> {
  await api.http.PUT("/api/v1/admin/groups/{group_id}/members/{user_id}", {
    params: { path: { group_id: groupId, user_id: userId } },
  });
}
