// What was cut or copied and waits to be pasted.
import { useSyncExternalStore } from "react";
import type { Node } from "@/api/model";

export interface Clipboard {
  nodes: readonly Node[];
  /** Cut items move once; copied ones can be pasted again. */
  mode: "cut" | "copy";
}

let content: Clipboard | null = null;
const listeners = new Set<() => void>();

export function setClipboard(next: Clipboard | null): void {
  content = next;
  for (const listener of listeners) listener();
}

export function useClipboard(): Clipboard | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => content,
  );
}
