import type { ApiClient } from "@/api/client";

export async function confirmWithPassword(api: ApiClient, password: string): Promise<void> {
  await api.http.POST("/api/v1/session/confirmation", { body: { password } });
}
