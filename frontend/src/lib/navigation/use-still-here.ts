// Whether the page that a component belongs to is still the one that the person is on, and not only the one that is still
// shown while the next one loads. Whatever changes the address later than at once asks this first.
import { useMatch, useRouter } from "@tanstack/react-router";
import { useCallback } from "react";

export function useStillHere(): () => boolean {
  const router = useRouter();
  const here = useMatch({ strict: false, select: (match) => match.pathname });
  return useCallback(() => router.latestLocation.pathname === here, [router, here]);
}
