// How this account is protected, and what to ask again when that changed.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useApi } from "@/api/context";
import { keys } from "@/api/queries";
import { readSecurity } from "./api/read-security";

const securityKey = ["account", "security"] as const;

export function useSecurity() {
  const api = useApi();
  return useQuery({ queryKey: securityKey, queryFn: ({ signal }) => readSecurity(api, signal) });
}

/** A factor more or less also changes what the frame says. */
export function useSecurityChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["account"] }),
      queries.invalidateQueries({ queryKey: keys.me }),
    ]);
  }, [queries]);
}
