import type { ApiClient } from "@/api/client";

export async function confirmTotp(api: ApiClient, code: string): Promise<void> {
  await api.http.POST("/api/v1/account/totp/confirmation", { body: { code } });
}
