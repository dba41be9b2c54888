import type { ApiClient } from "@/api/client";
import { Passkey } from "./model";

export function addPasskey(api: ApiClient, name: string, credential: unknown) {
  return api.read(Passkey, api.http.POST("/api/v1/account/passkeys", { body: { name, credential } }));
}
