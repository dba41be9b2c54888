import type { ApiClient } from "@/api/client";
import { Provider, type ProviderDraft } from "./model";

export function makeProvider(api: ApiClient, draft: ProviderDraft) {
  return api.read(Provider, api.http.POST("/api/v1/admin/identity-providers", { body: draft }));
}
