import type { ApiClient } from "@/api/client";
import { Sessions } from "./model";

export function listSessions(api: ApiClient, signal: AbortSignal) {
  return api.read(Sessions, api.http.GET("/api/v1/account/sessions", { signal }));
}
