import type { ApiClient } from "@/api/client";
import { ResetLink } from "./model";

export function makeResetLink(api: ApiClient, id: string) {
  return api.read(
    ResetLink,
    api.http.POST("/api/v1/admin/users/{user_id}/password-reset", { params: { path: { user_id: id } } }),
  );
}
