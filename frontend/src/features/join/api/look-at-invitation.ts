import type { ApiClient } from "@/api/client";
import { InvitationLook } from "./model";

export function lookAtInvitation(api: ApiClient, token: string, signal: AbortSignal) {
  return api.read(InvitationLook, api.http.POST("/api/v1/invitations/look", { body: { token }, signal }));
}
