// What the server says about how this account is protected.
import * as v from "valibot";
import { optional, word } from "@/api/model";

export const Passkey = v.object({
  id: v.string(),
  name: v.string(),
  created_at: v.string(),
  last_used_at: optional(v.string()),
  /** Kept by a password manager on several devices. */
  synced: v.optional(v.boolean(), false),
});
export type Passkey = v.InferOutput<typeof Passkey>;

export const Security = v.object({
  password: v.object({ set: v.boolean(), changed_at: optional(v.string()) }),
  passkeys: v.array(Passkey),
  totp: optional(v.object({ created_at: v.string() })),
  recovery_codes: v.object({
    left: v.number(),
    /** Whether there ever were any; without it, whether some are left. */
    created: v.optional(v.boolean()),
  }),
  policy: v.object({ required: word(["none", "any", "passkey"], "any"), due_at: optional(v.string()) }),
  providers: v.optional(
    v.array(v.object({ provider_id: v.string(), name: v.string(), linked_at: v.string() })),
    [],
  ),
});
export type Security = v.InferOutput<typeof Security>;

export const NewTotp = v.object({ secret: v.string(), uri: v.string(), qr: v.string() });
export const RecoveryCodes = v.object({ codes: v.array(v.string()) });

export const Session = v.object({
  id: v.string(),
  current: v.boolean(),
  method: v.string(),
  factor: v.string(),
  address: optional(v.string()),
  client: optional(v.string()),
  created_at: v.string(),
  last_seen_at: v.string(),
  expires_at: v.string(),
  stay: v.boolean(),
});
export type Session = v.InferOutput<typeof Session>;
export const Sessions = v.object({ items: v.array(Session) });

export const SafetyNotice = v.object({
  id: v.string(),
  kind: v.string(),
  address: optional(v.string()),
  client: optional(v.string()),
  created_at: v.string(),
  seen: v.boolean(),
});
export type SafetyNotice = v.InferOutput<typeof SafetyNotice>;
export const SafetyNotices = v.object({ items: v.array(SafetyNotice) });
export const ProviderAddress = v.object({ url: v.string() });
export const LinkableProviders = v.object({
  providers: v.array(v.object({ id: v.string(), name: v.string() })),
});
