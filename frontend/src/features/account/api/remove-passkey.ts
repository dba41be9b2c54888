import type { ApiClient } from "@/api/client";

export async function removePasskey(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/account/passkeys/{passkey_id}", { params: { path: { passkey_id: id } } });
}
