// The rows of a folder. Only what is in view is in the page, so ten thousand entries scroll like ten.
import { Skeleton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
} from "react";
import type { Node } from "@/api/model";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import { FileRow, type ItemFailure, type RowColumns, type RowEvents } from "./file-row";
import type { Order } from "./order";
import { move, toggle, type Selection } from "./selection";
import css from "./list.module.css";

export interface FileListProps {
  label: string;
  items: readonly Node[];
  order: Order;
  /** What stands between name and size; when and by whom it was changed, without it. */
  columns?: RowColumns;
  /** Rows that are known to follow but are not loaded. */
  more: boolean;
  onMore: () => void;
  selection: Selection;
  onSelection: (next: Selection) => void;
  cut: ReadonlySet<string>;
  renaming: string | null;
  failures: ReadonlyMap<string, ItemFailure>;
  events: RowEvents;
  onOpen: (id: string) => void;
  onUp: () => void;
  onEscape: () => void;
  onMenuOfFolder: (event: MouseEvent) => void;
  focusRef: Ref<HTMLDivElement>;
}

export function FileList(props: FileListProps) {
  const { items, order, selection, onMore, more, events } = props;
  const { t } = useI18n();
  const phone = usePhone();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const height = phone ? 56 : 40;
  const count = items.length + (more ? 3 : 0);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: useCallback((index: number) => items[index]?.id ?? index, [items]),
    overscan: 12,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  // A refused name that is being mended.
  const [mending, setMending] = useState<{ id: string; typed: string } | null>(null);
  const mendName = useCallback((node: string, typed: string) => setMending({ id: node, typed }), []);
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
  const rows = virtual.getVirtualItems();
  const lastShown = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && lastShown >= items.length - 80) onMore();
  }, [more, lastShown, items.length, onMore]);

  // The keyboard works at once, unless something else was given the focus.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  }, []);

  const activeIndex = order.at(selection.active);
  useEffect(() => {
    if (activeIndex >= 0) virtual.scrollToIndex(activeIndex, { align: "auto" });
    // Only when the cursor moves: scrolling by hand must not be undone by new rows.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when the choice changes, not when rows load
  }, [selection.active]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -items.length,
      End: items.length,
    };
    const step = steps[event.key];
    if (event.altKey && event.key === "ArrowUp") {
      event.preventDefault();
      props.onUp();
    } else if (step !== undefined) {
      event.preventDefault();
      const keep = event.ctrlKey || event.metaKey;
      props.onSelection(move(selection, order, step, { extend: event.shiftKey, keep }));
    } else if (event.key === " " && selection.active !== null) {
      event.preventDefault();
      props.onSelection(toggle(selection, selection.active));
    } else if (event.key === "Enter" && selection.active !== null) {
      event.preventDefault();
      props.onOpen(selection.active);
    } else if (event.key === "Backspace") {
      event.preventDefault();
      props.onUp();
    } else if (event.key === "Escape") {
      props.onEscape();
    } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      const row = activeIndex >= 0 ? document.getElementById(`${id}-${activeIndex}`) : null;
      const box = (row ?? event.currentTarget).getBoundingClientRect();
      const at = { clientX: box.left + 60, clientY: box.top + 30, preventDefault: () => undefined };
      if (selection.active !== null) events.onMenu(selection.active, at as unknown as MouseEvent);
    }
  };

  return (
    <div className={css["list"]} data-selecting={selection.selected.size > 1 || undefined}>
      <div className={css["head"]} aria-hidden>
        <span />
        <span>{props.columns ? t("files.folder_name") : t("files.column_name")}</span>
        <span className={css["changed"]}>{props.columns?.when.label ?? t("files.column_changed")}</span>
        <span className={css["by"]}>{props.columns?.note.label ?? t("files.column_by")}</span>
        <span className={css["size"]}>{t("files.column_size")}</span>
        <span />
      </div>
      <div
        ref={(element) => {
          scroller.current = element;
          if (typeof props.focusRef === "function") props.focusRef(element);
          else if (props.focusRef) props.focusRef.current = element;
        }}
        className={css["rows"]}
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-multiselectable
        aria-rowcount={more ? -1 : items.length + 1}
        aria-activedescendant={activeIndex >= 0 ? `${id}-${activeIndex}` : undefined}
        onKeyDown={onKeyDown}
        onContextMenu={props.onMenuOfFolder}
        onClick={(event) => {
          if (event.target === event.currentTarget) props.onEscape();
        }}
      >
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {rows.map((row) => {
            const node = items[row.index];
            if (!node) {
              return (
                <div
                  key={`more-${row.index}`}
                  className={css["row"]}
                  style={{ transform: `translateY(${row.start}px)` }}
                  aria-hidden
                >
                  <span />
                  <Skeleton height={12} width="40%" />
                </div>
              );
            }
            return (
              <FileRow
                key={node.id}
                node={node}
                columns={props.columns}
                index={row.index}
                top={row.start}
                domId={`${id}-${row.index}`}
                selected={selection.selected.has(node.id)}
                active={selection.active === node.id}
                cut={props.cut.has(node.id)}
                renaming={props.renaming === node.id || mending?.id === node.id}
                typed={mending?.id === node.id ? mending.typed : undefined}
                measure={virtual.measureElement}
                onMendName={mendName}
                failure={props.failures.get(node.id)}
                events={rowEvents}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** The list before its first page is there, in the shape that it will have. */
export function FileListSkeleton() {
  const { t } = useI18n();
  return (
    <div className={css["list"]} aria-busy aria-label={t("files.loading")} role="status">
      <div className={css["head"]} />
      {[62, 40, 55, 34, 70, 46, 58, 38].map((width, index) => (
        <div key={index} className={css["still"]}>
          <Skeleton height={18} width={18} />
          <Skeleton height={12} width={`${width}%`} />
          <Skeleton height={12} width={90} className={css["changed"] ?? ""} />
        </div>
      ))}
    </div>
  );
}
