import type { ApiClient } from "@/api/client";
import type { components } from "@/api/schema";
import { Role, type RoleDraft } from "./model";

export function makeRole(api: ApiClient, draft: RoleDraft) {
  // Codes of rights come from the server and go back as they are.
  const body = draft as components["schemas"]["CreateRole"];
  return api.read(Role, api.http.POST("/api/v1/admin/roles", { body }));
}
