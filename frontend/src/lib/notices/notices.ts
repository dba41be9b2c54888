// Short messages about what just happened and can be taken back, or what failed away from its place.
import { useMemo, useSyncExternalStore } from "react";

export interface Notice {
  id: number;
  text: string;
  tone: "plain" | "danger";
  /** `undoes`: it takes back what the notice tells. */
  action?: { label: string; run: () => void; undoes?: boolean };
  /** When it goes by itself, in ms since 1970; `null` stays until closed. */
  until: number | null;
}

const undoMs = 10_000;
let notices: readonly Notice[] = [];
let next = 1;
const listeners = new Set<() => void>();

function change(to: readonly Notice[]) {
  notices = to;
  for (const listener of listeners) listener();
}

export function closeNotice(id: number): void {
  change(notices.filter((notice) => notice.id !== id));
}

export function showNotice(
  notice: Omit<Notice, "id" | "until" | "tone"> & { tone?: Notice["tone"]; ms?: number | null },
): number {
  const id = next++;
  const ms = notice.ms === undefined ? undoMs : notice.ms;
  const { text, tone = "plain", action } = notice;
  const until = ms === null ? null : Date.now() + ms;
  change([...notices.slice(-2), { id, text, tone, until, ...(action ? { action } : {}) }]);
  if (ms !== null) setTimeout(() => closeNotice(id), ms);
  return id;
}

/** Takes back what the newest notice offers to take back; `null` when none does. */
export function useUndo(): (() => void) | null {
  const notice = useNotices().findLast((each) => each.action?.undoes);
  return useMemo(
    () =>
      notice
        ? () => {
            closeNotice(notice.id);
            notice.action?.run();
          }
        : null,
    [notice],
  );
}

export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
}
