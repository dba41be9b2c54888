import type { ApiClient } from "@/api/client";
import { Me } from "@/api/model";

export function signInWithPasskey(api: ApiClient, credential: unknown, stay: boolean) {
  return api.read(Me, api.http.POST("/api/v1/session/passkey", { body: { credential, stay } }));
}
