import type { ApiClient } from "@/api/client";
import { Invitations } from "./model";

export function listInvitations(api: ApiClient, signal: AbortSignal) {
  return api.read(Invitations, api.http.GET("/api/v1/admin/invitations", { signal }));
}
