// What is selected in a list, as pure steps. `order` is always what the list shows now.
import type { Order } from "./order";

export interface Selection {
  /** The item with the cursor. */
  active: string | null;
  /** Where a range that is being extended began. */
  anchor: string | null;
  selected: ReadonlySet<string>;
}

export const nothing: Selection = { active: null, anchor: null, selected: new Set() };

export const only = (id: string): Selection => ({ active: id, anchor: id, selected: new Set([id]) });

function range(order: Order, from: string, to: string): Set<string> {
  const a = order.at(from);
  const b = order.at(to);
  if (a < 0 || b < 0) return new Set([to]);
  return new Set(order.ids.slice(Math.min(a, b), Math.max(a, b) + 1));
}

export function extendTo(now: Selection, order: Order, id: string): Selection {
  const anchor = now.anchor !== null && order.at(now.anchor) >= 0 ? now.anchor : (now.active ?? id);
  return { active: id, anchor, selected: range(order, anchor, id) };
}

export function toggle(now: Selection, id: string): Selection {
  const selected = new Set(now.selected);
  if (!selected.delete(id)) selected.add(id);
  return { active: id, anchor: id, selected };
}

export function click(
  now: Selection,
  order: Order,
  id: string,
  keys: { shift: boolean; mod: boolean },
): Selection {
  if (keys.shift) return extendTo(now, order, id);
  if (keys.mod) return toggle(now, id);
  return only(id);
}

/** Moves the cursor by `step` items; `extend` widens the range, `keep` moves the cursor alone. */
export function move(
  now: Selection,
  order: Order,
  step: number,
  how: { extend: boolean; keep: boolean },
): Selection {
  const { length } = order.ids;
  if (length === 0) return nothing;
  const at = order.at(now.active);
  // Without a cursor a step enters the list at its near end; a step over the whole list is Home or End.
  const near = step > 0 ? 0 : length - 1;
  const target = at >= 0 ? at + step : Math.abs(step) < length ? near : near + step;
  const id = order.ids[Math.max(0, Math.min(length - 1, target))];
  if (id === undefined) return now;
  if (how.extend) return extendTo(now, order, id);
  if (how.keep) return { ...now, active: id };
  return only(id);
}

export function all(now: Selection, order: Order): Selection {
  const first = order.ids[0] ?? null;
  return { active: now.active ?? first, anchor: now.anchor ?? first, selected: new Set(order.ids) };
}

/** Escape: first the selection goes, the cursor stays. */
export function clear(now: Selection): Selection {
  return { active: now.active, anchor: now.anchor, selected: new Set() };
}

/** Forgets what is no longer shown; the cursor goes to the nearest neighbour of what left. */
export function settle(now: Selection, before: Order, order: Order): Selection {
  const shown = (id: string | null) => order.at(id) >= 0;
  const selected = new Set([...now.selected].filter(shown));
  if (selected.size === now.selected.size && (now.active === null || shown(now.active))) return now;
  let active = now.active;
  if (active !== null && !shown(active)) {
    const at = before.at(active);
    active = neighbour(before.ids, at, 1, shown) ?? neighbour(before.ids, at, -1, shown);
  }
  return { active, anchor: shown(now.anchor) ? now.anchor : active, selected };
}

function neighbour(
  ids: readonly string[],
  from: number,
  step: 1 | -1,
  shown: (id: string) => boolean,
): string | null {
  for (let at = from + step; at >= 0 && at < ids.length; at += step) {
    const id = ids[at];
    if (id !== undefined && shown(id)) return id;
  }
  return null;
}
