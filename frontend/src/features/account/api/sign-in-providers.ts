import type { ApiClient } from "@/api/client";
import { LinkableProviders } from "./model";

export function signInProviders(api: ApiClient, signal: AbortSignal) {
  return api.read(LinkableProviders, api.http.GET("/api/v1/sign-in/options", { signal }));
}
