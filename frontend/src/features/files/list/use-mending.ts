// A name that was refused opens its field again with what was typed.
import { useCallback, useMemo, useState } from "react";
import type { RowEvents } from "./file-row";

export function useMending(events: RowEvents) {
  const [mending, setMending] = useState<{ id: string; typed: string } | null>(null);
  const mendName = useCallback((id: string, typed: string) => setMending({ id, typed }), []);
  const rowEvents = useMemo<RowEvents>(
    () => ({
      ...events,
      onRenamed: (node, name) => {
        setMending(null);
        events.onRenamed(node, name);
      },
    }),
    [events],
  );
  return { mending, mendName, rowEvents };
}
