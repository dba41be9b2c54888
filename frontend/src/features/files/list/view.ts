// How a folder is shown: its order, as a list or as a grid, with or without the tree. Each person's choice is kept in the browser.
import * as v from "valibot";
import { useMemo } from "react";
import type { Node } from "@/api/model";
import { useMe } from "@/api/queries";
import { useKept } from "@/lib/kept";

export const sortKeys = ["name", "size", "changed"] as const;
export type SortBy = (typeof sortKeys)[number];

/** Folders come first in any case. */
export interface ListOrder {
  by: SortBy;
  descending: boolean;
}

/** What of a folder is in a list, and in which order: a list in the cache belongs to one of these. */
export interface ListView extends ListOrder {
  /** Only what has this in its name; empty for all. */
  part: string;
}

export const plainOrder: ListOrder = { by: "name", descending: false };
export const plainView: ListView = { ...plainOrder, part: "" };

const Look = v.object({
  by: v.fallback(v.picklist(sortKeys), "name"),
  descending: v.fallback(v.boolean(), false),
  grid: v.fallback(v.boolean(), false),
  tree: v.fallback(v.boolean(), false),
});
export type Look = v.InferOutput<typeof Look>;

export function parseLook(text: string | null): Look {
  let value: unknown = {};
  try {
    value = JSON.parse(text ?? "{}");
  } catch {
    // What is not ours counts as nothing.
  }
  const parsed = v.safeParse(Look, value);
  return parsed.success ? parsed.output : { ...plainOrder, grid: false, tree: false };
}

export function useLook(): [Look, (change: Partial<Look>) => void] {
  const me = useMe();
  const [text, keep] = useKept(`carrel-files-${me.user.id}`);
  const look = useMemo(() => parseLook(text), [text]);
  return useMemo(() => [look, (change) => keep(JSON.stringify({ ...look, ...change }))], [look, keep]);
}

/** A click on a column: its natural direction first, then the other. */
export function orderAfter(now: ListOrder, by: SortBy): ListOrder {
  if (now.by === by) return { by, descending: !now.descending };
  // Names from A; the largest and the newest first.
  return { by, descending: by !== "name" };
}

function byName(a: Node, b: Node): number {
  const x = a.name.toLowerCase();
  const y = b.name.toLowerCase();
  if (x !== y) return x < y ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

const less = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);

/** Close to the server's order, which has the last word. */
export function comparing(order: ListOrder): (a: Node, b: Node) => number {
  const sign = order.descending ? -1 : 1;
  const key = {
    name: byName,
    size: (a: Node, b: Node) => less(a.size, b.size) || less(a.id, b.id),
    changed: (a: Node, b: Node) => less(a.changed_at, b.changed_at) || less(a.id, b.id),
  }[order.by];
  return (a, b) => (a.kind === b.kind ? sign * key(a, b) : a.kind === "folder" ? -1 : 1);
}

export function inView(node: Node, view: ListView): boolean {
  return (
    view.part === "" || node.name.toLowerCase().includes(view.part.trim().normalize("NFC").toLowerCase())
  );
}
