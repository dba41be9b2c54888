import type { ApiClient } from "@/api/client";

export async function removeTotp(api: ApiClient): Promise<void> {
  await api.http.DELETE("/api/v1/account/totp");
}
