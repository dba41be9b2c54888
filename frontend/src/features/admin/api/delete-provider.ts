import type { ApiClient } from "@/api/client";

export async function deleteProvider(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/admin/identity-providers/{provider_id}", {
    params: { path: { provider_id: id } },
  });
}
