import * as v from "valibot";
import { optional } from "@/api/model";
import type { Language } from "@/lib/i18n/i18n";

export const InvitationLook = v.object({
  /** The name of whoever invites. */
  invited_by: optional(v.string()),
  note: optional(v.string()),
  roles: v.array(v.string()),
  expires_at: v.string(),
  email: optional(v.string()),
});

export interface NewMember {
  token: string;
  name: string;
  display_name: string;
  language: Language;
  password: string;
}
