import type { ApiClient } from "@/api/client";

export async function revokeToken(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/account/tokens/{token_id}", { params: { path: { token_id: id } } });
}
