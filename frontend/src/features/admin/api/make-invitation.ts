import type { ApiClient } from "@/api/client";
import { NewInvitation, type InvitationDraft } from "./model";

export function makeInvitation(api: ApiClient, draft: InvitationDraft) {
  return api.read(NewInvitation, api.http.POST("/api/v1/admin/invitations", { body: draft }));
}
