import type { ApiClient } from "@/api/client";
import { Security } from "./model";

export function readSecurity(api: ApiClient, signal: AbortSignal) {
  return api.read(Security, api.http.GET("/api/v1/account/security", { signal }));
}
