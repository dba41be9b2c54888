import type { ApiClient } from "@/api/client";
import { AuditActions } from "@/api/model";

export function listActions(api: ApiClient, signal: AbortSignal) {
  return api.read(AuditActions, api.http.GET("/api/v1/audit/actions", { signal }));
}
