// Administration: each place shows itself only to who may use it.
import { createRoute, lazyRouteComponent, notFound, redirect } from "@tanstack/react-router";
import { meQuery } from "@/api/queries";
import { groupsSearch } from "@/features/admin/groups/groups-search";
import { peopleSearch } from "@/features/admin/people/people-search";
import { requestsSearch } from "@/features/admin/requests/requests-search";
import { rolesSearch } from "@/features/admin/roles/roles-search";
import { adminPlaces } from "../shell/admin-places";
import { shell } from "./frame";

const frame = createRoute({ getParentRoute: () => shell, path: "/admin" });

const first = createRoute({
  getParentRoute: () => frame,
  path: "/",
  beforeLoad: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery(context.api));
    const place = adminPlaces(me.abilities)[0];
    // Without any of the rights this address leads nowhere.
    if (!place) throw notFound();
    throw redirect({ to: place.to, replace: true });
  },
});

const people = createRoute({
  getParentRoute: () => frame,
  path: "/users",
  validateSearch: peopleSearch,
  component: lazyRouteComponent(() => import("@/features/admin/people/people-page"), "PeoplePage"),
});

const invitations = createRoute({
  getParentRoute: () => frame,
  path: "/invitations",
  component: lazyRouteComponent(
    () => import("@/features/admin/invitations/invitations-page"),
    "InvitationsPage",
  ),
});

const groups = createRoute({
  getParentRoute: () => frame,
  path: "/groups",
  validateSearch: groupsSearch,
  component: lazyRouteComponent(() => import("@/features/admin/groups/groups-page"), "GroupsPage"),
});

const roles = createRoute({
  getParentRoute: () => frame,
  path: "/roles",
  validateSearch: rolesSearch,
  component: lazyRouteComponent(() => import("@/features/admin/roles/roles-page"), "RolesPage"),
});

const requests = createRoute({
  getParentRoute: () => frame,
  path: "/requests",
  validateSearch: requestsSearch,
  component: lazyRouteComponent(() => import("@/features/admin/requests/requests-page"), "RequestsPage"),
});

const providers = createRoute({
  getParentRoute: () => frame,
  path: "/providers",
  component: lazyRouteComponent(() => import("@/features/admin/providers/providers-page"), "ProvidersPage"),
});

const spaces = createRoute({
  getParentRoute: () => frame,
  path: "/spaces",
  component: lazyRouteComponent(() => import("@/features/admin/spaces/spaces-page"), "AdminSpacesPage"),
});

export const admin = frame.addChildren([
  first,
  people,
  invitations,
  groups,
  roles,
  requests,
  providers,
  spaces,
]);
