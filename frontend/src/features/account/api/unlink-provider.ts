import type { ApiClient } from "@/api/client";

export async function unlinkProvider(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/account/providers/{provider_id}", { params: { path: { provider_id: id } } });
}
