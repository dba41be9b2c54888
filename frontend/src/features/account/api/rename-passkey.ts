import type { ApiClient } from "@/api/client";
import { Passkey } from "./model";

export function renamePasskey(api: ApiClient, id: string, name: string) {
  return api.read(
    Passkey,
    api.http.PATCH("/api/v1/account/passkeys/{passkey_id}", {
      params: { path: { passkey_id: id } },
      body: { name },
    }),
  );
}
