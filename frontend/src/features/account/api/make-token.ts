import type { ApiClient } from "@/api/client";
import { NewToken, type TokenDraft } from "@/api/model-access";

export function makeToken(api: ApiClient, draft: TokenDraft) {
  return api.read(NewToken, api.http.POST("/api/v1/account/tokens", { body: draft }));
}
