import type { ApiClient } from "@/api/client";
import { ProviderAddress } from "./model";

export function linkProvider(api: ApiClient, id: string) {
  return api.read(
    ProviderAddress,
    api.http.POST("/api/v1/account/providers/{provider_id}", { params: { path: { provider_id: id } } }),
  );
}
