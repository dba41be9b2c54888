import type { ApiClient } from "@/api/client";

export async function removeMember(api: ApiClient, groupId: string, userId: string): Promise<void> {
  await api.http.DELETE("/api/v1/admin/groups/{group_id}/members/{user_id}", {
    params: { path: { group_id: groupId, user_id: userId } },
  });
}
