// Tokens and requests for a role: one's own under Account, everybody's under Administration.
import * as v from "valibot";
import { Page, optional, word } from "./model";

export const Token = v.object({
  id: v.string(),
  kind: word(["personal", "app_password"], "personal"),
  label: v.string(),
  scopes: v.array(v.string()),
  addresses: v.array(v.string()),
  created_at: v.string(),
  expires_at: optional(v.string()),
  last_used_at: optional(v.string()),
  last_used_address: optional(v.string()),
});
export type Token = v.InferOutput<typeof Token>;
export const Tokens = v.object({ items: v.array(Token) });
/** The secret is in this answer and nowhere else. */
export const NewToken = v.object({ token: Token, secret: v.string() });
export type NewToken = v.InferOutput<typeof NewToken>;

export interface TokenDraft {
  kind: "personal" | "app_password";
  label: string;
  scopes: string[];
  days: number | null;
  addresses: string[];
}

export const RoleRequest = v.object({
  id: v.string(),
  kind: word(["request", "break_glass"], "request"),
  user: v.object({ id: v.string(), name: v.string(), display_name: v.string() }),
  role: v.object({ id: v.string(), code: optional(v.string()), name: v.string() }),
  reason: v.string(),
  minutes: v.number(),
  state: word(["pending", "approved", "denied", "withdrawn", "expired", "reviewed"], "expired"),
  created_at: v.string(),
  expires_at: optional(v.string()),
  decided_at: optional(v.string()),
  /** The name of whoever decided. */
  decided_by: optional(
    v.union([
      v.string(),
      v.pipe(
        v.object({ display_name: v.string() }),
        v.transform((person) => person.display_name),
      ),
    ]),
  ),
  abilities: v.object({ decide: v.boolean(), review: v.boolean(), withdraw: v.boolean() }),
});
export type RoleRequest = v.InferOutput<typeof RoleRequest>;
export const RoleRequests = Page(RoleRequest);
