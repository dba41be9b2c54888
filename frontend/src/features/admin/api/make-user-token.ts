import type { ApiClient } from "@/api/client";
import { NewToken, type TokenDraft } from "@/api/model-access";

export function makeUserToken(api: ApiClient, id: string, draft: TokenDraft) {
  return api.read(
    NewToken,
    api.http.POST("/api/v1/admin/users/{user_id}/tokens", { params: { path: { user_id: id } }, body: draft }),
  );
}
