import type { ApiClient } from "@/api/client";
import { AuditHead } from "@/api/model";

export function readHead(api: ApiClient, signal: AbortSignal): Promise<AuditHead> {
  return api.read(AuditHead, api.http.GET("/api/v1/audit/head", { signal }));
}
