import * as v from "valibot";
import type { ApiClient } from "@/api/client";

const ResetLook = v.object({ name: v.string(), display_name: v.string() });

/** Whose password the link sets. */
export function lookAtReset(api: ApiClient, token: string, signal: AbortSignal) {
  return api.read(ResetLook, api.http.POST("/api/v1/password-resets/look", { body: { token }, signal }));
}
