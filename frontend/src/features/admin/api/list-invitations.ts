import type { ApiClient } from "@/api/client";
import { allPages } from "@/lib/all-pages";
import { Invitations } from "./model";

export function listInvitations(api: ApiClient, signal: AbortSignal) {
  return allPages((after) =>
    api.read(
      Invitations,
      api.http.GET("/api/v1/admin/invitations", {
        params: { query: { limit: 200, ...(after === null ? {} : { after }) } },
        signal,
      }),
    ),
  );
}
