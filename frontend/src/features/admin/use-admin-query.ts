// Questions of administration. They need a fresh confirmation: nothing is asked again behind the person's back, where
// the question for it would come out of nowhere.
import { useQuery, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useCallback } from "react";
import { useApi } from "@/api/context";
import { listRoles } from "./api/list-roles";

export const adminKeys = {
  users: ["admin", "users"] as const,
  user: (id: string) => ["admin", "users", "one", id] as const,
  roles: ["admin", "roles"] as const,
  groups: ["admin", "groups"] as const,
  members: (id: string) => ["admin", "groups", id, "members"] as const,
  invitations: ["admin", "invitations"] as const,
  requests: ["admin", "requests"] as const,
  providers: ["admin", "providers"] as const,
  spaces: ["admin", "spaces"] as const,
};

export const calm = { staleTime: 60_000, refetchOnWindowFocus: false, refetchOnReconnect: false } as const;

export function useAdminQuery<T>(
  queryKey: QueryKey,
  ask: (signal: AbortSignal) => Promise<T>,
  options: { enabled?: boolean } = {},
) {
  return useQuery({ queryKey, queryFn: ({ signal }) => ask(signal), ...calm, ...options });
}

export function useRoles() {
  const api = useApi();
  return useAdminQuery(adminKeys.roles, (signal) => listRoles(api, signal));
}

/** Roles, groups and states of people hang together: what changes one may change all. */
export function useAdminChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries({ queryKey: ["admin"] }), [queries]);
}
