// The addresses before one is signed in, and the one page of a session that may only add a second factor.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import * as v from "valibot";
import { requireSession, root } from "./frame";

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("@/features/setup/setup-page"), "SetupPage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: v.object({
    next: v.optional(v.fallback(v.string(), "/")),
    /** Why one is here, as a code. */
    problem: v.optional(v.fallback(v.string(), "")),
    step: v.optional(v.fallback(v.string(), "")),
  }),
  component: lazyRouteComponent(() => import("@/features/sign-in/sign-in-page"), "SignInPage"),
});

const join = createRoute({
  getParentRoute: () => root,
  path: "/join",
  component: lazyRouteComponent(() => import("@/features/join/join-page"), "JoinPage"),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: lazyRouteComponent(() => import("@/features/reset/reset-page"), "ResetPage"),
});

const enrolment = createRoute({
  getParentRoute: () => root,
  path: "/enrolment",
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("@/features/account/enrolment-page"), "EnrolmentPage"),
});

/** The address is Nextcloud's: its clients open it. */
const connect = createRoute({
  getParentRoute: () => root,
  path: "/login/v2/flow/$programToken",
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("@/features/connect/connect-page"), "ConnectPage"),
});

export const entryRoutes = [setup, signIn, join, reset, enrolment, connect] as const;
