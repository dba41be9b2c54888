// The selection of a list that is not a folder: it follows what the list shows and is forgotten with the page.
import { useEffect, useMemo, useRef, useState } from "react";
import { orderOf, type Order } from "./order";
import { nothing, settle, type Selection } from "./selection";
import { selectedOf } from "./use-folder-selection";

export function useListSelection<T extends { id: string }>(shown: readonly T[]) {
  const [selection, setSelection] = useState<Selection>(nothing);
  const order = useMemo(() => orderOf(shown), [shown]);
  const before = useRef<Order>(order);
  useEffect(() => {
    const was = before.current;
    before.current = order;
    setSelection((now) => settle(now, was, order));
  }, [order]);
  const selected = useMemo(
    () => selectedOf(shown, order, selection.selected),
    [shown, order, selection.selected],
  );
  return { order, selection, setSelection, selected };
}
