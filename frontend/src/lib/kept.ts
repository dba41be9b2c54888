// Small choices that this browser keeps for a person: how lists are shown, say. Nothing that matters elsewhere, and no secret.
import { useCallback, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
/** What was chosen while storage is switched off, and what was read once. */
const known = new Map<string, string | null>();

export function kept(key: string): string | null {
  const found = known.get(key);
  if (found !== undefined) return found;
  let text: string | null = null;
  try {
    // eslint-disable-next-line no-restricted-globals -- the one door for such choices
    text = localStorage.getItem(key);
  } catch {
    // Storage is switched off: the choice lasts until the page is closed.
  }
  known.set(key, text);
  return text;
}

export function keep(key: string, text: string): void {
  known.set(key, text);
  try {
    // eslint-disable-next-line no-restricted-globals -- the one door for such choices
    localStorage.setItem(key, text);
  } catch {
    // As above.
  }
  for (const listener of listeners) listener();
}

/** What is kept under a key, and a way to change it. */
export function useKept(key: string): [string | null, (text: string) => void] {
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => kept(key),
  );
  return [text, useCallback((next: string) => keep(key, next), [key])];
}
