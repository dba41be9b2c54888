import type { ApiClient } from "@/api/client";
import { AdminUser } from "./model";

export function changeUser(
  api: ApiClient,
  id: string,
  change: { display_name?: string; email?: string; role_ids?: string[] },
) {
  return api.read(
    AdminUser,
    api.http.PATCH("/api/v1/admin/users/{user_id}", { params: { path: { user_id: id } }, body: change }),
  );
}
