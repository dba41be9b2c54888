import type { ApiClient } from "@/api/client";

export async function revokeUserToken(api: ApiClient, id: string, tokenId: string): Promise<void> {
  await api.http.DELETE("/api/v1/admin/users/{user_id}/tokens/{token_id}", {
    params: { path: { user_id: id, token_id: tokenId } },
  });
}
