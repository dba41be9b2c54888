import type { ApiClient } from "@/api/client";
import { RoleRequests } from "@/api/model-access";
import { allPages } from "@/lib/all-pages";

export function listRequests(api: ApiClient, signal: AbortSignal) {
  return allPages((after) =>
    api.read(
      RoleRequests,
      api.http.GET("/api/v1/admin/role-requests", {
        params: { query: { limit: 200, ...(after === null ? {} : { after }) } },
        signal,
      }),
    ),
  );
}
