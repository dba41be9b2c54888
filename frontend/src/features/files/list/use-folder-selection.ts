// The selection of a folder: follows what the list shows and keeps the item in hand in the address.
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Node } from "@/api/model";
import { useStillHere } from "@/lib/navigation/use-still-here";
import { orderOf, type Order } from "./order";
import { nothing, only, settle, type Selection } from "./selection";

/** The selected items in the order of the list. */
export function selectedOf<T extends { id: string }>(
  shown: readonly T[],
  order: Order,
  ids: ReadonlySet<string>,
): T[] {
  // Few are looked up; the list is walked only for many.
  if (ids.size > 200) return shown.filter((item) => ids.has(item.id));
  return [...ids]
    .map((id) => order.at(id))
    .filter((at) => at >= 0)
    .sort((a, b) => a - b)
    .flatMap((at) => shown[at] ?? []);
}

/** Browsers slow pages down that change their address with every key press. */
const addressMs = 250;

export function useFolderSelection(
  folderId: string,
  shown: readonly Node[],
  fromAddress: string | undefined,
) {
  const stillHere = useStillHere();
  const navigate = useNavigate({ from: "/files/$nodeId" });
  const [selection, setSelection] = useState<Selection>(() => (fromAddress ? only(fromAddress) : nothing));
  const order = useMemo(() => orderOf(shown), [shown]);
  const before = useRef<Order>(order);
  useEffect(() => {
    const was = before.current;
    before.current = order;
    // Before the first page is there nothing can be told about the item in the address.
    if (order.ids.length > 0 || was.ids.length > 0) setSelection((now) => settle(now, was, order));
  }, [order]);

  const inHand = selection.selected.size === 1 ? [...selection.selected][0] : undefined;
  useEffect(() => {
    const timer = setTimeout(() => {
      if (!stillHere()) return;
      void navigate({
        params: { nodeId: folderId },
        search: (now) => (now.item === inHand ? now : { ...now, item: inHand }),
        replace: true,
      });
    }, addressMs);
    return () => clearTimeout(timer);
  }, [inHand, navigate, stillHere, folderId]);

  const selected = useMemo(
    () => selectedOf(shown, order, selection.selected),
    [shown, order, selection.selected],
  );
  return { order, selection, setSelection, selected };
}
