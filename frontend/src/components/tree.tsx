// A tree that loads its branches when they are opened. Only what is in view is in the page.
import { Skeleton } from "@mantine/core";
import { IconChevronDown, IconChevronRight, type Icon } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  useEffect,
  useId,
  useMemo,
  useRef,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
} from "react";
import { visibleName } from "@/lib/visible-name";
import css from "./tree.module.css";

export interface TreeItem {
  id: string;
  label: string;
  branch: boolean;
  icon?: Icon;
  tone?: "accent" | "dim";
  /** Something can be dropped on it as on a folder. */
  takes?: boolean;
  /** At the end of the row. */
  end?: ReactNode;
  /** Shown instead of the label: a field while it is renamed. */
  instead?: ReactNode;
}

/** What an open branch holds: `undefined` while it loads. */
export type Branch = { items: readonly TreeItem[] } | { message: ReactNode } | undefined;

interface Row {
  key: string;
  depth: number;
  item: TreeItem | null;
  note?: ReactNode;
  parent: string | null;
}

function flatten(
  items: readonly TreeItem[],
  branch: (id: string) => Branch,
  open: ReadonlySet<string>,
  depth: number,
  parent: string | null,
  into: Row[],
): Row[] {
  for (const item of items) {
    into.push({ key: item.id, depth, item, parent });
    if (!item.branch || !open.has(item.id)) continue;
    const content = branch(item.id);
    if (content === undefined)
      into.push({ key: `${item.id}/…`, depth: depth + 1, item: null, parent: item.id });
    else if ("message" in content) {
      into.push({
        key: `${item.id}/!`,
        depth: depth + 1,
        item: null,
        note: content.message,
        parent: item.id,
      });
    } else flatten(content.items, branch, open, depth + 1, item.id, into);
  }
  return into;
}

export interface TreeProps {
  label: string;
  roots: readonly TreeItem[];
  branch: (id: string) => Branch;
  open: ReadonlySet<string>;
  onToggle: (id: string, open: boolean) => void;
  selected: string | null;
  onSelect: (id: string) => void;
  /** Enter and click on a leaf. */
  onActivate?: (id: string) => void;
  /** A click on a branch goes there; only its sign opens and closes it. */
  goByClick?: boolean;
  onMenu?: (id: string | null, event: MouseEvent) => void;
  onKey?: (event: KeyboardEvent) => void;
  focusRef?: Ref<HTMLDivElement>;
}

const rowHeight = 30;

export function Tree(props: TreeProps) {
  const { roots, branch, open, selected, onToggle, onSelect, onActivate } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => flatten(roots, branch, open, 0, null, []), [roots, branch, open]);
  const at = rows.findIndex((row) => row.item?.id === selected);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
    // Only when the choice changes, not when branches load.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when the choice changes, not when rows load
  }, [selected]);

  const go = (from: number, step: 1 | -1) => {
    for (let next = from + step; next >= 0 && next < rows.length; next += step) {
      const item = rows[next]?.item;
      if (item) return onSelect(item.id);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const row = rows[at];
    const item = row?.item;
    const take = () => event.preventDefault();
    if (event.key === "ArrowDown") {
      take();
      go(at, 1);
    } else if (event.key === "ArrowUp") {
      take();
      go(at < 0 ? rows.length : at, -1);
    } else if (event.key === "Home") {
      take();
      go(-1, 1);
    } else if (event.key === "End") {
      take();
      go(rows.length, -1);
    } else if (event.key === "ArrowRight" && item?.branch) {
      take();
      if (open.has(item.id)) go(at, 1);
      else onToggle(item.id, true);
    } else if (event.key === "ArrowLeft" && row) {
      take();
      if (item?.branch && open.has(item.id)) onToggle(item.id, false);
      else if (row.parent !== null && rows.some((each) => each.item?.id === row.parent)) onSelect(row.parent);
    } else if (event.key === "Enter" && item) {
      take();
      if (onActivate) onActivate(item.id);
      else if (item.branch) onToggle(item.id, !open.has(item.id));
    } else props.onKey?.(event);
  };

  return (
    <div
      ref={(element) => {
        scroller.current = element;
        if (typeof props.focusRef === "function") props.focusRef(element);
        else if (props.focusRef) props.focusRef.current = element;
      }}
      className={css["tree"]}
      role="tree"
      tabIndex={0}
      aria-label={props.label}
      aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        if (event.target === event.currentTarget && at < 0) go(-1, 1);
      }}
      onContextMenu={(event) => {
        if (event.target === event.currentTarget) props.onMenu?.(null, event);
      }}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((place) => {
          const row = rows[place.index];
          if (!row) return null;
          const style = { transform: `translateY(${place.start}px)`, paddingLeft: 6 + row.depth * 16 };
          const { item } = row;
          if (!item) {
            return (
              <div key={row.key} className={css["note"]} style={style}>
                {row.note ?? <Skeleton height={10} width={90} />}
              </div>
            );
          }
          const Glyph = item.icon;
          const Chevron = open.has(item.id) ? IconChevronDown : IconChevronRight;
          return (
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the tree keeps the focus and handles the keys
            <div
              key={row.key}
              id={`${id}-${place.index}`}
              role="treeitem"
              aria-level={row.depth + 1}
              aria-selected={item.id === selected}
              {...(item.branch ? { "aria-expanded": open.has(item.id) } : {})}
              className={css["row"]}
              data-tone={item.tone}
              data-id={item.id}
              {...(item.takes ? { "data-folder": item.id, "data-folder-name": item.label } : {})}
              style={style}
              onClick={() => {
                onSelect(item.id);
                if (item.branch && !props.goByClick) onToggle(item.id, !open.has(item.id));
                else onActivate?.(item.id);
              }}
              onContextMenu={(event) => props.onMenu?.(item.id, event)}
            >
              {item.branch ? (
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the arrow keys do the same
                <span
                  className={css["chevron"]}
                  onClick={(event) => {
                    event.stopPropagation();
                    onToggle(item.id, !open.has(item.id));
                  }}
                >
                  <Chevron size={13} stroke={1.8} aria-hidden />
                </span>
              ) : (
                <span className={css["gap"]} />
              )}
              {Glyph ? <Glyph size={16} stroke={1.6} className={css["icon"]} aria-hidden /> : null}
              {item.instead ?? (
                <span className={css["label"]} title={visibleName(item.label)}>
                  {visibleName(item.label)}
                </span>
              )}
              {item.end ? <span className={css["end"]}>{item.end}</span> : null}
            </div>
          );
        })}
      </div>
    </div>
  );
}
