import type { ApiClient } from "@/api/client";

export async function changePassword(api: ApiClient, body: { current?: string; new: string }): Promise<void> {
  await api.http.PUT("/api/v1/account/password", { body });
}
