import type { ApiClient } from "@/api/client";
import { SignInOptions } from "./model";

export function signInOptions(api: ApiClient, signal: AbortSignal) {
  return api.read(SignInOptions, api.http.GET("/api/v1/sign-in/options", { signal }));
}
