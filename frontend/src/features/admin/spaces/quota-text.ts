// A quota as it is typed: a number of GiB, with a comma or a point.

const gib = 1024 ** 3;

export function quotaText(bytes: number | null): string {
  if (bytes === null) return "";
  return String(Math.round((bytes / gib) * 1000) / 1000);
}

/** `null`: nothing was typed; `undefined`: no number that can be a quota. */
export function quotaBytes(text: string): number | null | undefined {
  const typed = text.trim().replace(",", ".");
  if (typed === "") return null;
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(typed)) return undefined;
  return Math.round(Number(typed) * gib);
}
