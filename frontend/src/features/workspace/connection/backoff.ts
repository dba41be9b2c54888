/** How long to wait before the n-th attempt to come back: half a second, doubled, at most 15 s, with some chance. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(full * (0.75 + random() * 0.5));
}
