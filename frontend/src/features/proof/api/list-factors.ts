import type { ApiClient } from "@/api/client";
import { OwnFactors } from "./model";

/** By what the person can prove who they are. */
export function listFactors(api: ApiClient, signal: AbortSignal) {
  return api.read(OwnFactors, api.http.GET("/api/v1/account/security", { signal }));
}
