// The places that exist for this person: navigation, palette and bottom bar show the same list.
import {
  IconClock,
  IconCode,
  IconFolder,
  IconHome,
  IconListDetails,
  IconLogout,
  IconShieldCog,
  IconStar,
  IconTrash,
  IconUserCircle,
  IconUsers,
  type Icon,
} from "@tabler/icons-react";
import { useNavigate, type LinkProps } from "@tanstack/react-router";
import { useMemo } from "react";
import { useMe, useSpaces } from "@/api/queries";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { accountParts } from "@/features/account/account-parts";
import { useSignOut } from "@/lib/sign-out";
import { adminPlaces } from "./admin-places";

export interface Place {
  id: string;
  label: string;
  icon: Icon;
  to: Extract<
    LinkProps["to"],
    "/" | "/files" | "/recents" | "/favourites" | "/trash" | "/workspaces" | "/log" | "/admin" | "/account"
  >;
  /** On a phone in the bar at the foot; all others are behind its last button. */
  bar?: boolean;
  /** A number that asks to be looked at, with what it counts. */
  badge?: { count: number; label: string };
}

export function usePlaceActions(): readonly Place[] {
  const { t } = useI18n();
  const me = useMe();
  const spaces = useSpaces();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const places = useMemo<Place[]>(
    () => [
      { id: "home", label: t("shell.home"), icon: IconHome, to: "/", bar: true },
      ...(me.personal_space
        ? [{ id: "files", label: t("shell.files"), icon: IconFolder, to: "/files", bar: true } as const]
        : []),
      { id: "recents", label: t("sources.recents"), icon: IconClock, to: "/recents", bar: true },
      { id: "favourites", label: t("sources.favourites"), icon: IconStar, to: "/favourites", bar: true },
      ...(me.abilities.use_workspaces
        ? [{ id: "workspaces", label: t("shell.workspaces"), icon: IconCode, to: "/workspaces" } as const]
        : []),
      { id: "trash", label: t("trash.title"), icon: IconTrash, to: "/trash" },
      ...(me.abilities.read_log
        ? [{ id: "log", label: t("shell.log"), icon: IconListDetails, to: "/log" } as const]
        : []),
      ...(adminPlaces(me.abilities).length > 0
        ? [{ id: "admin", label: t("shell.admin"), icon: IconShieldCog, to: "/admin" } as const]
        : []),
      {
        id: "account",
        label: t("shell.account"),
        icon: IconUserCircle,
        to: "/account",
        ...(me.notices > 0
          ? { badge: { count: me.notices, label: t("account.notices_unseen", { count: me.notices }) } }
          : {}),
      },
    ],
    [t, me],
  );
  const actions = useMemo<Action[]>(
    () => [
      ...places.map((place) => ({
        id: `go.${place.id}`,
        label: place.label,
        group: t("shell.group_go"),
        icon: place.icon,
        run: () => void navigate({ to: place.to }),
      })),
      {
        id: "go.spaces",
        label: t("spaces.all"),
        group: t("shell.group_spaces"),
        icon: IconUsers,
        run: () => void navigate({ to: "/spaces", search: {} }),
      },
      ...(spaces.data ?? []).map((space) => ({
        id: `go.space.${space.id}`,
        label: space.kind === "personal" ? t("shell.personal_space") : space.name,
        group: t("shell.group_spaces"),
        icon: IconFolder,
        run: () => void navigate({ to: "/files/$nodeId", params: { nodeId: space.root_id } }),
      })),
      ...adminPlaces(me.abilities).map((place) => ({
        id: `go.admin.${place.id}`,
        label: t(place.label),
        group: t("shell.admin"),
        icon: place.icon,
        run: () => void navigate({ to: place.to }),
      })),
      ...accountParts(me).map((part) => ({
        id: `go.account.${part.id}`,
        label: t(part.label),
        group: t("shell.account"),
        icon: part.icon,
        run: () => void navigate({ to: part.to }),
      })),
      {
        id: "session.end",
        label: t("shell.sign_out"),
        group: t("shell.group_general"),
        icon: IconLogout,
        run: () => void signOut(),
      },
    ],
    [places, me, spaces.data, t, navigate, signOut],
  );
  useRegisterActions(actions);
  return places;
}
