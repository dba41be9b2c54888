import type { ApiClient } from "@/api/client";
import type { NewMember } from "./model";
import { Me } from "@/api/model";

export function acceptInvitation(api: ApiClient, body: NewMember) {
  return api.read(Me, api.http.POST("/api/v1/invitations/accept", { body }));
}
