import type { ApiClient } from "@/api/client";
import { Provider, type ProviderDraft } from "./model";

export function changeProvider(api: ApiClient, id: string, change: Partial<ProviderDraft>) {
  return api.read(
    Provider,
    api.http.PATCH("/api/v1/admin/identity-providers/{provider_id}", {
      params: { path: { provider_id: id } },
      body: change,
    }),
  );
}
