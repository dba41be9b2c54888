// What the addresses stand in: the root of all, and the shell for whoever is signed in.
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, redirect } from "@tanstack/react-router";
import type { ApiClient } from "@/api/client";
import { Problem } from "@/api/problem";
import { meQuery } from "@/api/queries";
import { setLanguage } from "@/lib/i18n/language";
import { saidOf } from "@/lib/session/said";
import { Root, RouteNotFound } from "../root";
import { Shell } from "../shell/shell";

export interface RouterContext {
  queryClient: QueryClient;
  api: ApiClient;
}

export async function requireSession({
  context,
  location,
}: {
  context: RouterContext;
  location: { href: string; pathname: string };
}) {
  try {
    const me = await context.queryClient.ensureQueryData(meQuery(context.api));
    setLanguage(me.user.language);
    // A session that may only add a second factor has one page.
    if (me.second_factor.limited && location.pathname !== "/enrolment") throw redirect({ to: "/enrolment" });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      throw redirect({ to: "/sign-in", search: { next: location.href, ...saidOf(error) } });
    }
    throw error;
  }
}

export const root = createRootRouteWithContext<RouterContext>()({
  component: Root,
  notFoundComponent: RouteNotFound,
});

export const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: requireSession,
  component: Shell,
});
