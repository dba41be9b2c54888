import type { ApiClient } from "@/api/client";

export async function deleteUser(api: ApiClient, id: string, transferTo: string): Promise<void> {
  await api.http.DELETE("/api/v1/admin/users/{user_id}", {
    params: { path: { user_id: id } },
    body: { transfer_to: transferTo },
  });
}
