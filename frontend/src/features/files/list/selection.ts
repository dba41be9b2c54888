// What is selected in a list, as pure steps. `order` is always what the list shows now.

export interface Selection {
  /** The item with the cursor. */
  active: string | null;
  /** Where a range that is being extended began. */
  anchor: string | null;
  selected: ReadonlySet<string>;
}

export const nothing: Selection = { active: null, anchor: null, selected: new Set() };

const only = (id: string): Selection => ({ active: id, anchor: id, selected: new Set([id]) });

function range(order: readonly string[], from: string, to: string): Set<string> {
  const a = order.indexOf(from);
  const b = order.indexOf(to);
  if (a < 0 || b < 0) return new Set([to]);
  return new Set(order.slice(Math.min(a, b), Math.max(a, b) + 1));
}

export function extendTo(now: Selection, order: readonly string[], id: string): Selection {
  const anchor = now.anchor !== null && order.includes(now.anchor) ? now.anchor : (now.active ?? id);
  return { active: id, anchor, selected: range(order, anchor, id) };
}

export function toggle(now: Selection, id: string): Selection {
  const selected = new Set(now.selected);
  if (!selected.delete(id)) selected.add(id);
  return { active: id, anchor: id, selected };
}

export function click(
  now: Selection,
  order: readonly string[],
  id: string,
  keys: { shift: boolean; mod: boolean },
): Selection {
  if (keys.shift) return extendTo(now, order, id);
  if (keys.mod) return toggle(now, id);
  return only(id);
}

/** Moves the cursor by `step` rows; `extend` widens the range, `keep` moves the cursor alone. */
export function move(
  now: Selection,
  order: readonly string[],
  step: number,
  how: { extend: boolean; keep: boolean },
): Selection {
  if (order.length === 0) return nothing;
  const at = now.active === null ? -1 : order.indexOf(now.active);
  // Without a cursor a step enters the list at its near end; a step over the whole list is Home or End.
  const near = step > 0 ? 0 : order.length - 1;
  const target = at >= 0 ? at + step : Math.abs(step) < order.length ? near : near + step;
  const id = order[Math.max(0, Math.min(order.length - 1, target))];
  if (id === undefined) return now;
  if (how.extend) return extendTo(now, order, id);
  if (how.keep) return { ...now, active: id };
  return only(id);
}

export function all(now: Selection, order: readonly string[]): Selection {
  return {
    active: now.active ?? order[0] ?? null,
    anchor: now.anchor ?? order[0] ?? null,
    selected: new Set(order),
  };
}

/** Escape: first the selection goes, the cursor stays. */
export function clear(now: Selection): Selection {
  return { active: now.active, anchor: now.active, selected: new Set() };
}

/** Forgets what is no longer shown; the cursor goes to the nearest neighbour of what left. */
export function settle(now: Selection, before: readonly string[], order: readonly string[]): Selection {
  const present = new Set(order);
  const stays = (id: string | null) => id !== null && present.has(id);
  const selected = new Set([...now.selected].filter((id) => present.has(id)));
  if (selected.size === now.selected.size && (now.active === null || stays(now.active))) return now;
  let active = now.active;
  if (active !== null && !present.has(active)) {
    const at = before.indexOf(active);
    const after = before.slice(at + 1).find((id) => present.has(id));
    const ahead = before.slice(0, Math.max(0, at)).findLast((id) => present.has(id));
    active = after ?? ahead ?? null;
  }
  return { active, anchor: stays(now.anchor) ? now.anchor : active, selected };
}
