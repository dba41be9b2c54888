// The parts of an account: tabs, palette and addresses are made of this list.
import {
  IconBell,
  IconDevices,
  IconKey,
  IconShieldLock,
  IconUserCircle,
  IconUserUp,
  type Icon,
} from "@tabler/icons-react";
import type { Me } from "@/api/model";
import type { MessageKey } from "@/lib/i18n/i18n";

export interface AccountPart {
  id: string;
  label: MessageKey;
  icon: Icon;
  to:
    | "/account"
    | "/account/security"
    | "/account/devices"
    | "/account/tokens"
    | "/account/roles"
    | "/account/notices";
}

export function accountParts(me: Me): readonly AccountPart[] {
  return [
    { id: "profile", label: "account.profile", icon: IconUserCircle, to: "/account" },
    { id: "security", label: "account.security", icon: IconShieldLock, to: "/account/security" },
    { id: "devices", label: "account.devices", icon: IconDevices, to: "/account/devices" },
    ...(me.abilities.create_tokens
      ? [{ id: "tokens", label: "account.tokens", icon: IconKey, to: "/account/tokens" } as const]
      : []),
    { id: "roles", label: "account.roles", icon: IconUserUp, to: "/account/roles" },
    { id: "notices", label: "account.notices", icon: IconBell, to: "/account/notices" },
  ];
}
