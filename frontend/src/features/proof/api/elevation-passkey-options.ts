import type { ApiClient } from "@/api/client";
import { PasskeyOptions } from "@/lib/webauthn/webauthn";

export function elevationPasskeyOptions(api: ApiClient) {
  return api.read(PasskeyOptions, api.http.POST("/api/v1/session/elevation/passkey-options"));
}
