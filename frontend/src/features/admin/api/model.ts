// People, groups, roles and sign-in providers as administration sees them.
import * as v from "valibot";
import { Page, optional, word } from "@/api/model";

const RoleName = v.object({ id: v.string(), code: optional(v.string()), name: v.string() });

export const AdminUser = v.object({
  id: v.string(),
  kind: word(["person", "service"], "person"),
  name: v.string(),
  display_name: v.string(),
  email: optional(v.string()),
  state: word(["active", "disabled", "deleted"], "disabled"),
  roles: v.array(v.object({ ...RoleName.entries, expires_at: optional(v.string()) })),
  groups: v.array(v.object({ id: v.string(), name: v.string() })),
  created_at: v.string(),
  last_seen_at: optional(v.string()),
  second_factor: word(["none", "totp", "passkey"], "none"),
  abilities: v.object({
    edit: v.boolean(),
    deactivate: v.boolean(),
    activate: v.boolean(),
    delete: v.boolean(),
    reset: v.boolean(),
  }),
});
export type AdminUser = v.InferOutput<typeof AdminUser>;
export const AdminUserPage = Page(AdminUser);
export const NewUser = v.object({ user: AdminUser, link: optional(v.string()) });
export type NewUser = v.InferOutput<typeof NewUser>;
export const ResetLink = v.object({ link: v.string(), expires_at: v.string() });
export type ResetLink = v.InferOutput<typeof ResetLink>;

export const Invitation = v.object({
  id: v.string(),
  email: optional(v.string()),
  note: optional(v.string()),
  role_ids: v.array(v.string()),
  created_at: v.string(),
  created_by: v.object({ id: v.string(), display_name: v.string() }),
  expires_at: v.string(),
  state: word(["open", "used", "expired", "revoked"], "open"),
});
export type Invitation = v.InferOutput<typeof Invitation>;
export const Invitations = Page(Invitation);
export const NewInvitation = v.object({ invitation: Invitation, link: v.string() });
export type NewInvitation = v.InferOutput<typeof NewInvitation>;

export const Group = v.object({ id: v.string(), name: v.string(), members: v.optional(v.number(), 0) });
export type Group = v.InferOutput<typeof Group>;
export const Groups = Page(Group);
export const Members = Page(v.object({ id: v.string(), name: v.string(), display_name: v.string() }));

export const Permissions = v.object({
  items: v.array(v.object({ code: v.string(), grantable: v.boolean() })),
});
export type Permission = v.InferOutput<typeof Permissions>["items"][number];

export const secondFactorRules = ["none", "any", "passkey"] as const;
export const Role = v.object({
  ...RoleName.entries,
  description: v.nullish(v.string(), ""),
  permissions: v.array(v.string()),
  second_factor: word(secondFactorRules, "any"),
  grace_hours: v.number(),
  members: v.number(),
  abilities: v.object({
    edit: v.boolean(),
    delete: v.boolean(),
    set_policy: v.boolean(),
    grant: v.boolean(),
  }),
});
export type Role = v.InferOutput<typeof Role>;
export const Roles = v.object({ items: v.array(Role) });

export const Provider = v.object({
  id: v.string(),
  name: v.string(),
  issuer: v.string(),
  client_id: v.string(),
  scopes: v.array(v.string()),
  group_claim: optional(v.string()),
  group_roles: v.optional(v.array(v.object({ group: v.string(), role_id: v.string() })), []),
  make_users: v.boolean(),
  enabled: v.boolean(),
});
export type Provider = v.InferOutput<typeof Provider>;
export const Providers = v.object({ items: v.array(Provider) });

/** What a form sends: the server decides what of it this person may give. */
export interface UserDraft {
  kind: "person" | "service";
  name: string;
  display_name?: string;
  email?: string;
  role_ids: string[];
}
export interface InvitationDraft {
  email?: string;
  note?: string;
  role_ids: string[];
  days: number;
}
export interface RoleDraft {
  name: string;
  description: string;
  permissions: string[];
  second_factor: Role["second_factor"];
  grace_hours: number;
}
export interface ProviderDraft {
  name: string;
  issuer: string;
  client_id: string;
  /** Written, never read back. */
  client_secret?: string;
  scopes: string[];
  group_claim: string | null;
  group_roles: { group: string; role_id: string }[];
  make_users: boolean;
  enabled: boolean;
}

export const SpaceInUse = v.object({
  id: v.string(),
  kind: word(["personal", "team"], "team"),
  name: v.string(),
  /** Whose personal space it is. */
  owner: optional(v.object({ id: v.string(), name: v.string(), display_name: v.string() })),
  used: v.number(),
  quota: optional(v.number()),
  archived_at: optional(v.string()),
});
export type SpaceInUse = v.InferOutput<typeof SpaceInUse>;
export const SpacesInUse = v.object({
  items: v.array(SpaceInUse),
  next: optional(v.string()),
  /** What counts for a space without a quota of its own. */
  default_quota: optional(v.number()),
});
export type SpacesInUse = v.InferOutput<typeof SpacesInUse>;
