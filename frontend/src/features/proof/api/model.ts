import * as v from "valibot";
import { optional } from "@/api/model";

export const Elevation = v.object({ elevated_until: v.string() });
export type ElevationProof = { method: "totp"; code: string } | { method: "passkey"; credential: unknown };

/** Of the account's security only what the dialog has to know. */
export const OwnFactors = v.object({
  passkeys: v.array(v.object({ id: v.string() })),
  totp: optional(v.object({ created_at: v.string() })),
});
