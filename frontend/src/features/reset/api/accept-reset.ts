import type { ApiClient } from "@/api/client";

/** Ends all sessions of the account; its second factors stay. */
export async function acceptReset(api: ApiClient, token: string, password: string): Promise<void> {
  await api.http.POST("/api/v1/password-resets/accept", { body: { token, password } });
}
