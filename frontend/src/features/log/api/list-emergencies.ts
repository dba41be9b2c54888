import type { ApiClient } from "@/api/client";
import { RoleRequests } from "@/api/model-access";

/** Emergencies that nobody looked at yet. */
export function listEmergencies(api: ApiClient, signal: AbortSignal) {
  return api.read(
    RoleRequests,
    api.http.GET("/api/v1/audit/emergencies", {
      params: { query: { limit: 200, state: "approved" } },
      signal,
    }),
  );
}
