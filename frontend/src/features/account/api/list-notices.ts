import type { ApiClient } from "@/api/client";
import { SafetyNotices } from "./model";

export function listNotices(api: ApiClient, signal: AbortSignal) {
  return api.read(SafetyNotices, api.http.GET("/api/v1/account/notices", { signal }));
}
