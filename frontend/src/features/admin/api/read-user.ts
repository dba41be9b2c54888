import type { ApiClient } from "@/api/client";
import { AdminUser } from "./model";

export function readUser(api: ApiClient, id: string, signal: AbortSignal) {
  return api.read(
    AdminUser,
    api.http.GET("/api/v1/admin/users/{user_id}", { params: { path: { user_id: id } }, signal }),
  );
}
