import type { ApiClient } from "@/api/client";
import { Role, type RoleDraft } from "./model";

export function changeRole(api: ApiClient, id: string, change: Partial<RoleDraft>) {
  return api.read(
    Role,
    api.http.PATCH("/api/v1/admin/roles/{role_id}", { params: { path: { role_id: id } }, body: change }),
  );
}
