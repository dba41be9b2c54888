import type { ApiClient } from "@/api/client";
import { RecoveryCodes } from "./model";

/** The codes before these are worthless afterwards. */
export function makeRecoveryCodes(api: ApiClient) {
  return api.read(RecoveryCodes, api.http.POST("/api/v1/account/recovery-codes"));
}
