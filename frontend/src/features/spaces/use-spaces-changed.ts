// Names, members and sizes of spaces hang together: what changes one may change all.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { keys } from "@/api/queries";

export const membersKey = (spaceId: string) => [...keys.spaces, spaceId, "members"] as const;

export function useSpacesChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries({ queryKey: keys.spaces }), [queries]);
}
