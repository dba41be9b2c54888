import type { ApiClient } from "@/api/client";
import { RoleRequests } from "@/api/model-access";

/** The newest emergencies; those that nobody looked at yet are among them. */
export function listEmergencies(api: ApiClient, signal: AbortSignal) {
  return api.read(
    RoleRequests,
    api.http.GET("/api/v1/audit/emergencies", { params: { query: { limit: 200 } }, signal }),
  );
}
