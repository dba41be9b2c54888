// The parts of one's own account, each with an address.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import * as v from "valibot";
import { shell } from "./frame";

const frame = createRoute({
  getParentRoute: () => shell,
  path: "/account",
  component: lazyRouteComponent(() => import("@/features/account/account-frame"), "AccountFrame"),
});

const profile = createRoute({
  getParentRoute: () => frame,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/account/profile/profile-page"), "ProfilePage"),
});

const security = createRoute({
  getParentRoute: () => frame,
  path: "/security",
  /** Why one was sent here, as a code. */
  validateSearch: v.object({ problem: v.optional(v.fallback(v.string(), "")) }),
  component: lazyRouteComponent(() => import("@/features/account/security/security-page"), "SecurityPage"),
});

const devices = createRoute({
  getParentRoute: () => frame,
  path: "/devices",
  component: lazyRouteComponent(() => import("@/features/account/devices-page"), "DevicesPage"),
});

const tokens = createRoute({
  getParentRoute: () => frame,
  path: "/tokens",
  component: lazyRouteComponent(() => import("@/features/account/tokens-page"), "TokensPage"),
});

const roles = createRoute({
  getParentRoute: () => frame,
  path: "/roles",
  component: lazyRouteComponent(() => import("@/features/account/roles/roles-page"), "RolesPage"),
});

const notices = createRoute({
  getParentRoute: () => frame,
  path: "/notices",
  component: lazyRouteComponent(() => import("@/features/account/notices-page"), "NoticesPage"),
});

export const account = frame.addChildren([profile, security, devices, tokens, roles, notices]);
