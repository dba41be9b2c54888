// The clock for relative times: one timer for the whole page.
import { useSyncExternalStore } from "react";

function ticker(everyMs: number) {
  let now = new Date();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      if (listeners.size === 1) {
        now = new Date();
        timer = setInterval(() => {
          now = new Date();
          for (const each of listeners) each();
        }, everyMs);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
    read: () => now,
  };
}

const slow = ticker(20_000);
const fast = ticker(1_000);

/** Now, renewed every 20 s. */
export const useNow = (): Date => useSyncExternalStore(slow.subscribe, slow.read);
/** Now, renewed every second. */
export const useNowBySecond = (): Date => useSyncExternalStore(fast.subscribe, fast.read);
