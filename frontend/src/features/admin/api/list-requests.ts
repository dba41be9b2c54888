import type { ApiClient } from "@/api/client";
import { RoleRequests } from "@/api/model-access";

export function listRequests(api: ApiClient, state: string, signal: AbortSignal) {
  return api.read(
    RoleRequests,
    api.http.GET("/api/v1/admin/role-requests", { params: { query: state ? { state } : {} }, signal }),
  );
}
