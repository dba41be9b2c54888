// The keys of a list or a grid of files. The list itself has the focus; the item with the cursor is named to screen readers.
import type { KeyboardEvent, MouseEvent } from "react";
import type { Order } from "./order";
import { move, toggle, type Selection } from "./selection";

export interface ListKeys {
  order: Order;
  selection: Selection;
  onSelection: (next: Selection) => void;
  onOpen: (id: string) => void;
  onUp: () => void;
  onEscape: () => void;
  onMenu: (id: string, at: MouseEvent) => void;
  /** Items side by side; 1 for a list. */
  columns: number;
  /** Lines that are in sight. */
  lines: () => number;
  /** The element of the item with the cursor, when it is in the page. */
  activeElement: () => HTMLElement | null;
}

/** How far a key moves the cursor; `null` when it does not. */
export function stepOf(
  key: string,
  at: number,
  length: number,
  columns: number,
  lines: number,
): number | null {
  const page = Math.max(1, lines - 1) * columns;
  const steps: Record<string, number> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    PageDown: page,
    PageUp: -page,
    Home: -length,
    End: length,
    ...(columns > 1 ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
  };
  const step = steps[key];
  if (step === undefined) return null;
  if (columns === 1 || at < 0) return step;
  // In a grid a step up or down stays in its column: from the first line nothing leads up, from the last nothing down.
  if (key === "ArrowUp" && at < columns) return 0;
  const lastLine = Math.floor((length - 1) / columns);
  if (key === "ArrowDown" && Math.floor(at / columns) === lastLine) return 0;
  return step;
}

export function useListKeys(input: ListKeys): (event: KeyboardEvent) => void {
  const { order, selection, columns } = input;
  return (event) => {
    if (event.target !== event.currentTarget) return;
    const step = stepOf(event.key, order.at(selection.active), order.ids.length, columns, input.lines());
    if (event.altKey && event.key === "ArrowUp") {
      event.preventDefault();
      input.onUp();
    } else if (event.altKey) {
      // Belongs to the browser: back and forward.
    } else if (step !== null) {
      event.preventDefault();
      const keep = event.ctrlKey || event.metaKey;
      if (step !== 0) input.onSelection(move(selection, order, step, { extend: event.shiftKey, keep }));
    } else if (event.key === " " && selection.active !== null) {
      event.preventDefault();
      input.onSelection(toggle(selection, selection.active));
    } else if (event.key === "Enter" && selection.active !== null) {
      event.preventDefault();
      input.onOpen(selection.active);
    } else if (event.key === "Backspace") {
      event.preventDefault();
      input.onUp();
    } else if (event.key === "Escape") {
      input.onEscape();
    } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      const box = (input.activeElement() ?? event.currentTarget).getBoundingClientRect();
      const at = { clientX: box.left + 60, clientY: box.top + 30, preventDefault: () => undefined };
      if (selection.active !== null) input.onMenu(selection.active, at as unknown as MouseEvent);
    }
  };
}
