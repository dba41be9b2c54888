import type { ApiClient } from "@/api/client";
import type { components } from "@/api/schema";
import { Role, type RoleDraft } from "./model";

export function changeRole(api: ApiClient, id: string, change: Partial<RoleDraft>) {
  return api.read(
    Role,
    api.http.PATCH("/api/v1/admin/roles/{role_id}", {
      params: { path: { role_id: id } },
      // Codes of rights come from the server and go back as they are.
      body: change as components["schemas"]["UpdateRole"],
    }),
  );
}
