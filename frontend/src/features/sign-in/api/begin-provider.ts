import type { ApiClient } from "@/api/client";
import { ProviderAddress } from "./model";

export function beginProvider(api: ApiClient, providerId: string, next: string) {
  return api.read(
    ProviderAddress,
    api.http.POST("/api/v1/sign-in/providers/{provider_id}", {
      params: { path: { provider_id: providerId } },
      body: { next },
    }),
  );
}
