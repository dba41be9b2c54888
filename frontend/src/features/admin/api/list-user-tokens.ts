import type { ApiClient } from "@/api/client";
import { Tokens } from "@/api/model-access";

export function listUserTokens(api: ApiClient, id: string, signal: AbortSignal) {
  return api.read(
    Tokens,
    api.http.GET("/api/v1/admin/users/{user_id}/tokens", { params: { path: { user_id: id } }, signal }),
  );
}
