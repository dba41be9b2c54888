// The tiles of a folder, line by line. Only lines in view are in the page.
import { useElementSize } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useLayoutEffect, useRef } from "react";
import { usePhone } from "@/lib/narrow";
import type { FileListProps } from "./file-list";
import { FileTile } from "./file-tile";
import { useListKeys } from "./use-list-keys";
import { useMending } from "./use-mending";
import css from "./grid.module.css";

const tileWidth = { wide: 168, phone: 108 };
const tileHeight = { wide: 178, phone: 148 };
const edge = 12;

export function FileGrid(props: FileListProps) {
  const { items, order, selection, onMore, more, events } = props;
  const phone = usePhone();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  /** The last choice was made by pointer, not by key. */
  const pointed = useRef(false);
  const { ref: sized, width } = useElementSize();
  const size = phone ? "phone" : "wide";
  const columns = Math.max(1, Math.floor((width - 2 * edge) / tileWidth[size]));
  const height = tileHeight[size];
  const lines = Math.ceil(items.length / columns) + (more ? 1 : 0);
  const virtual = useVirtualizer({
    count: lines,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    paddingStart: edge,
    paddingEnd: edge,
    overscan: 3,
  });
  useEffect(() => virtual.measure(), [virtual, height, columns]);
  const { mending, mendName, rowEvents } = useMending(events);
  const shown = virtual.getVirtualItems();
  const lastShown = ((shown.at(-1)?.index ?? 0) + 1) * columns;
  useEffect(() => {
    if (more && lastShown >= items.length - 80) onMore();
  }, [more, lastShown, items.length, onMore]);
  useLayoutEffect(() => {
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  }, []);
  const activeIndex = order.at(selection.active);
  useEffect(() => {
    // What was clicked is in sight, and must not move away from under a second click.
    if (activeIndex >= 0 && !pointed.current)
      virtual.scrollToIndex(Math.floor(activeIndex / columns), { align: "auto" });
    // Only when the cursor moves: scrolling by hand must not be undone by new tiles.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when the choice changes, not when tiles load
  }, [selection.active]);
  const onKeyDown = useListKeys({
    ...props,
    onMenu: events.onMenu,
    columns,
    lines: () => Math.floor((scroller.current?.clientHeight ?? 400) / height),
    activeElement: () => (activeIndex >= 0 ? document.getElementById(`${id}-${activeIndex}`) : null),
  });
  return (
    <div
      ref={(element) => {
        scroller.current = element;
        if (typeof props.focusRef === "function") props.focusRef(element);
        else if (props.focusRef) props.focusRef.current = element;
      }}
      className={css["grid"]}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-multiselectable
      aria-rowcount={more ? -1 : Math.ceil(items.length / columns)}
      aria-colcount={columns}
      aria-activedescendant={activeIndex >= 0 ? `${id}-${activeIndex}` : undefined}
      data-selecting={selection.selected.size > 1 || undefined}
      onPointerDownCapture={() => (pointed.current = true)}
      onKeyDownCapture={() => (pointed.current = false)}
      onKeyDown={onKeyDown}
      onContextMenu={props.onMenuOfFolder}
      onClick={(event) => {
        if (event.target === event.currentTarget) props.onEscape();
      }}
    >
      <div ref={sized} role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {shown.map((line) => {
          const first = line.index * columns;
          const tiles = items.slice(first, first + columns);
          return (
            <div
              key={line.index}
              role="row"
              aria-rowindex={line.index + 1}
              className={css["line"]}
              style={{
                transform: `translateY(${line.start}px)`,
                height,
                gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              }}
            >
              {tiles.map((node, column) => (
                <FileTile
                  key={node.id}
                  node={node}
                  column={column}
                  domId={`${id}-${first + column}`}
                  selected={selection.selected.has(node.id)}
                  active={selection.active === node.id}
                  cut={props.cut.has(node.id)}
                  renaming={props.renaming === node.id || mending?.id === node.id}
                  typed={mending?.id === node.id ? mending.typed : undefined}
                  onMendName={mendName}
                  failure={props.failures.get(node.id)}
                  events={rowEvents}
                />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
