// All addresses of the application and what they show.
import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { meQuery } from "@/api/queries";
import { filesSearch } from "@/features/files/files-search";
import { trashSearch } from "@/features/files/trash/trash-search";
import { logSearch } from "@/features/log/log-search";
import { spacesSearch } from "@/features/spaces/spaces-search";
import { workspaceSearch } from "@/features/workspace/workspace-search";
import { RouteError, RoutePending } from "./root";
import { account } from "./routes/account";
import { admin } from "./routes/admin";
import { entryRoutes } from "./routes/entry";
import { requireSession, root, shell, type RouterContext } from "./routes/frame";

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
    // A guest has no space of their own: Home shows what was shared.
    if (!me.personal_space) throw redirect({ to: "/", replace: true });
    throw redirect({ to: "/files/$nodeId", params: { nodeId: me.personal_space.root_id }, replace: true });
  },
});

const folder = createRoute({
  getParentRoute: () => shell,
  path: "/files/$nodeId",
  validateSearch: filesSearch,
  component: lazyRouteComponent(() => import("@/features/files/files-page"), "FilesPage"),
});

const trash = createRoute({
  getParentRoute: () => shell,
  path: "/trash",
  validateSearch: trashSearch,
  component: lazyRouteComponent(() => import("@/features/files/trash/trash-page"), "TrashPage"),
});

const favourites = createRoute({
  getParentRoute: () => shell,
  path: "/favourites",
  component: lazyRouteComponent(() => import("@/features/files/sources/source-page"), "FavouritesPage"),
});

const recents = createRoute({
  getParentRoute: () => shell,
  path: "/recents",
  component: lazyRouteComponent(() => import("@/features/files/sources/source-page"), "RecentsPage"),
});

const spaces = createRoute({
  getParentRoute: () => shell,
  path: "/spaces",
  validateSearch: spacesSearch,
  component: lazyRouteComponent(() => import("@/features/spaces/spaces-page"), "SpacesPage"),
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

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/workspaces/$workspaceId",
  validateSearch: workspaceSearch,
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import("@/features/workspace/workspace-page"), "WorkspacePage"),
});

const routeTree = root.addChildren([
  ...entryRoutes,
  shell.addChildren([
    home,
    files,
    folder,
    favourites,
    recents,
    trash,
    spaces,
    workspaces,
    log,
    account,
    admin,
  ]),
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
