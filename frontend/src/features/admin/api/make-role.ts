import type { ApiClient } from "@/api/client";
import { Role, type RoleDraft } from "./model";

export function makeRole(api: ApiClient, draft: RoleDraft) {
  return api.read(Role, api.http.POST("/api/v1/admin/roles", { body: draft }));
}
