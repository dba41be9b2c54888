// What clicks, keys and names typed in a row do to the folder.
import { useMemo, type Dispatch, type RefObject, type SetStateAction } from "react";
import type { Node } from "@/api/model";
import type { MenuPoint } from "@/components/menu";
import type { FileChanges } from "../use-file-changes";
import type { RowEvents } from "./file-row";
import type { Order } from "./order";
import { click, toggle, type Selection } from "./selection";

export function useRowEvents(input: {
  /** What the list shows, in this order. */
  items: readonly Node[];
  order: Order;
  selection: Selection;
  setSelection: Dispatch<SetStateAction<Selection>>;
  list: RefObject<HTMLElement | null>;
  changes: Pick<FileChanges, "rename" | "dismiss">;
  openItem: (id: string) => void;
  openMenu: (at: MenuPoint) => void;
  endRename: () => void;
  /** Marks a favourite, or takes the mark away. */
  star?: (node: Node, on: boolean) => void;
  /** Without it rows are not dragged. */
  startDrag?: NonNullable<RowEvents["onDrag"]>;
}): RowEvents {
  const { items, order, setSelection, list, changes, openItem, openMenu, endRename, star, startDrag } = input;
  const many = input.selection.selected.size > 1;
  return useMemo<RowEvents>(
    () => ({
      onClick: (id, event) => {
        const keysHeld = { shift: event.shiftKey, mod: event.ctrlKey || event.metaKey };
        const touch = (event.nativeEvent as PointerEvent).pointerType === "touch";
        setSelection((now) => {
          if (touch && now.selected.size > 1) return toggle(now, id);
          return click(now, order, id, keysHeld);
        });
        if (touch && !many) openItem(id);
        list.current?.focus({ preventScroll: true });
      },
      onOpen: openItem,
      onToggle: (id) => setSelection((now) => toggle(now, id)),
      onMenu: (id, event) => {
        event.preventDefault();
        setSelection((now) =>
          now.selected.has(id) ? now : click(now, order, id, { shift: false, mod: false }),
        );
        openMenu({ x: event.clientX, y: event.clientY });
      },
      onRenamed: (id, name) => {
        endRename();
        const item = items[order.at(id)];
        if (item && name !== null) changes.rename(item, name);
        list.current?.focus({ preventScroll: true });
      },
      onDismissFailure: changes.dismiss,
      ...(star
        ? {
            onStar: (id) => {
              const item = items[order.at(id)];
              if (item) star(item, item.favourite !== true);
            },
          }
        : {}),
      ...(startDrag ? { onDrag: startDrag } : {}),
    }),
    [order, setSelection, many, openItem, items, changes, list, openMenu, endRename, star, startDrag],
  );
}
