import type { ApiClient } from "@/api/client";
import { Providers } from "./model";

export function listProviders(api: ApiClient, signal: AbortSignal) {
  return api.read(Providers, api.http.GET("/api/v1/admin/identity-providers", { signal }));
}
