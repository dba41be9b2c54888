// All addresses of the application and what they show.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import * as v from "valibot";
import type { ApiClient } from "@/api/client";
import { Problem } from "@/api/problem";
import { meQuery } from "@/api/queries";
import { filesSearch } from "@/features/files/files-search";
import { logSearch } from "@/features/log/log-search";
import { workspaceSearch } from "@/features/workspace/workspace-search";
import { setLanguage } from "@/lib/i18n/language";
import { Root, RouteError, RouteNotFound, RoutePending } from "./root";
import { Shell } from "./shell/shell";

export interface RouterContext {
  queryClient: QueryClient;
  api: ApiClient;
}

async function requireSession({ context, location }: { context: RouterContext; location: { href: string } }) {
  try {
    const me = await context.queryClient.ensureQueryData(meQuery(context.api));
    setLanguage(me.user.language);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      throw redirect({ to: "/sign-in", search: { next: location.href } });
    }
    throw error;
  }
}

const root = createRootRouteWithContext<RouterContext>()({
  component: Root,
  notFoundComponent: RouteNotFound,
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("@/features/setup/setup-page"), "SetupPage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: v.object({ next: v.optional(v.fallback(v.string(), "/")) }),
  component: lazyRouteComponent(() => import("@/features/sign-in/sign-in-page"), "SignInPage"),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: requireSession,
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/home/home-page"), "HomePage"),
});

const files = createRoute({
  getParentRoute: () => shell,
  path: "/files",
  beforeLoad: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery(context.api));
    throw redirect({ to: "/files/$nodeId", params: { nodeId: me.personal_space.root_id }, replace: true });
  },
});

const folder = createRoute({
  getParentRoute: () => shell,
  path: "/files/$nodeId",
  validateSearch: filesSearch,
  component: lazyRouteComponent(() => import("@/features/files/files-page"), "FilesPage"),
});

const workspaces = createRoute({
  getParentRoute: () => shell,
  path: "/workspaces",
  component: lazyRouteComponent(() => import("@/features/workspaces/workspaces-page"), "WorkspacesPage"),
});

const log = createRoute({
  getParentRoute: () => shell,
  path: "/log",
  validateSearch: logSearch,
  component: lazyRouteComponent(() => import("@/features/log/log-page"), "LogPage"),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: "/account",
  component: lazyRouteComponent(() => import("@/features/account/account-page"), "AccountPage"),
});

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/workspaces/$workspaceId",
  validateSearch: workspaceSearch,
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("@/features/workspace/workspace-page"), "WorkspacePage"),
});

const routeTree = root.addChildren([
  setup,
  signIn,
  shell.addChildren([home, files, folder, workspaces, log, account]),
  workspace,
]);

export function makeRouter(context: RouterContext) {
  return createRouter({
    routeTree,
    context,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: RouteError,
    defaultPendingComponent: RoutePending,
    defaultPendingMs: 300,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
