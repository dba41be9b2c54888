// How long something still lasts, in whole minutes.

/**
 * Whole minutes that are left, never more than `longest`: the clocks of browser and server differ, and that of the
 * page is renewed only now and then. 0 in the last minute; `null` when it is over.
 */
export function minutesLeft(until: string | null, now: Date, longest: number): number | null {
  const ms = until === null ? 0 : new Date(until).getTime() - now.getTime();
  return ms > 0 ? Math.min(longest, Math.floor(ms / 60_000)) : null;
}
