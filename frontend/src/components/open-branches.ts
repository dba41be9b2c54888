// Which branches of a tree stand open.
import { useCallback, useState } from "react";

export function useOpenBranches(initial: () => Iterable<string>) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(initial()));
  const toggle = useCallback(
    (id: string, opened: boolean) =>
      setOpen((now) => {
        const next = new Set(now);
        if (opened) next.add(id);
        else next.delete(id);
        return next;
      }),
    [],
  );
  /** Opens these as well. */
  const reveal = useCallback((ids: Iterable<string>) => setOpen((now) => new Set([...now, ...ids])), []);
  return { open, toggle, reveal };
}
