// The selection of a folder: follows what the list shows and keeps the item in hand in the address.
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Node } from "@/api/model";
import { useStillHere } from "@/lib/navigation/use-still-here";
import { nothing, settle, type Selection } from "./selection";

/** Browsers slow pages down that change their address with every key press. */
const addressMs = 250;

export function useFolderSelection(
  folderId: string,
  shown: readonly Node[],
  fromAddress: string | undefined,
) {
  const stillHere = useStillHere();
  const navigate = useNavigate({ from: "/files/$nodeId" });
  const [selection, setSelection] = useState<Selection>(() =>
    fromAddress ? { active: fromAddress, anchor: fromAddress, selected: new Set([fromAddress]) } : nothing,
  );
  const order = useMemo(() => shown.map((item) => item.id), [shown]);
  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    const was = before.current;
    before.current = order;
    // Before the first page is there nothing can be told about the item in the address.
    if (order.length > 0 || was.length > 0) setSelection((now) => settle(now, was, order));
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
    () => shown.filter((item) => selection.selected.has(item.id)),
    [shown, selection.selected],
  );
  return { selection, setSelection, selected };
}
