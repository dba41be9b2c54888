import type { ApiClient } from "@/api/client";
import { NewTotp } from "./model";

/** Counts only after its first code was confirmed. */
export function makeTotp(api: ApiClient) {
  return api.read(NewTotp, api.http.POST("/api/v1/account/totp"));
}
