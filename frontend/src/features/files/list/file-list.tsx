// The rows of a folder, or its tiles. Only what is in view is in the page, so a hundred thousand entries scroll like ten.
import { Skeleton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useId, useLayoutEffect, useRef, type MouseEvent, type Ref } from "react";
import type { Node } from "@/api/model";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import { FileGrid } from "./file-grid";
import { FileRow, type ItemFailure, type RowColumns, type RowEvents } from "./file-row";
import { ListHead, type Sorting } from "./list-head";
import type { Order } from "./order";
import type { Selection } from "./selection";
import { useListKeys } from "./use-list-keys";
import { useMending } from "./use-mending";
import css from "./list.module.css";

export interface FileListProps {
  label: string;
  items: readonly Node[];
  order: Order;
  /** What stands between name and size; when and by whom it was changed, without it. */
  columns?: RowColumns;
  /** Without it the order cannot be chosen. */
  sorting?: Sorting;
  /** Tiles instead of rows. */
  grid?: boolean;
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
  return props.grid ? <FileGrid {...props} /> : <FileRows {...props} />;
}

function FileRows(props: FileListProps) {
  const { items, order, selection, onMore, more, events } = props;
  const phone = usePhone();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  /** The last choice was made by pointer, not by key. */
  const pointed = useRef(false);
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
  const { mending, mendName, rowEvents } = useMending(events);
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
    // What was clicked is in sight, and must not move away from under a second click.
    if (activeIndex >= 0 && !pointed.current) virtual.scrollToIndex(activeIndex, { align: "auto" });
    // Only when the cursor moves: scrolling by hand must not be undone by new rows.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when the choice changes, not when rows load
  }, [selection.active]);

  const onKeyDown = useListKeys({
    ...props,
    onMenu: events.onMenu,
    columns: 1,
    lines: () => Math.floor((scroller.current?.clientHeight ?? 400) / height),
    activeElement: () => (activeIndex >= 0 ? document.getElementById(`${id}-${activeIndex}`) : null),
  });

  return (
    <div className={css["list"]} data-selecting={selection.selected.size > 1 || undefined}>
      <ListHead columns={props.columns} sorting={props.sorting} />
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
        onPointerDownCapture={() => (pointed.current = true)}
        onKeyDownCapture={() => (pointed.current = false)}
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
