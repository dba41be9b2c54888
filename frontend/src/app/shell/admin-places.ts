// The places of administration. What the abilities do not allow is not there.
import {
  IconDatabase,
  IconInbox,
  IconKey,
  IconLogin2,
  IconMailPlus,
  IconUsers,
  IconUsersGroup,
  type Icon,
} from "@tabler/icons-react";
import type { Me } from "@/api/model";
import type { MessageKey } from "@/lib/i18n/i18n";

export interface AdminPlace {
  id: string;
  label: MessageKey;
  icon: Icon;
  to:
    | "/admin/users"
    | "/admin/invitations"
    | "/admin/groups"
    | "/admin/roles"
    | "/admin/requests"
    | "/admin/providers"
    | "/admin/spaces";
  needs: keyof Me["abilities"];
}

const places: readonly AdminPlace[] = [
  { id: "people", label: "admin.people", icon: IconUsers, to: "/admin/users", needs: "manage_users" },
  {
    id: "invitations",
    label: "admin.invitations",
    icon: IconMailPlus,
    to: "/admin/invitations",
    needs: "manage_users",
  },
  { id: "groups", label: "admin.groups", icon: IconUsersGroup, to: "/admin/groups", needs: "manage_users" },
  { id: "roles", label: "admin.roles", icon: IconKey, to: "/admin/roles", needs: "manage_roles" },
  { id: "requests", label: "admin.requests", icon: IconInbox, to: "/admin/requests", needs: "manage_roles" },
  {
    id: "providers",
    label: "admin.providers",
    icon: IconLogin2,
    to: "/admin/providers",
    needs: "server_settings",
  },
  {
    id: "spaces",
    label: "shell.group_spaces",
    icon: IconDatabase,
    to: "/admin/spaces",
    needs: "server_settings",
  },
];

export function adminPlaces(abilities: Me["abilities"]): readonly AdminPlace[] {
  return places.filter((place) => abilities[place.needs]);
}
