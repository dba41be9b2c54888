import type { ApiClient } from "@/api/client";
import { Tokens } from "@/api/model-access";

export function listTokens(api: ApiClient, signal: AbortSignal) {
  return api.read(Tokens, api.http.GET("/api/v1/account/tokens", { signal }));
}
