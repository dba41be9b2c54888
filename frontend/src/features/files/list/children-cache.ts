// The loaded pages of a folder as one list, and the changes made to it before the server is asked again. A change copies
// the page that it is in and no other.
import type { InfiniteData } from "@tanstack/react-query";
import type { Node, NodePage } from "@/api/model";

export type Children = InfiniteData<NodePage, unknown>;

export function itemsOf(data: Children | undefined): Node[] {
  return data?.pages.flatMap((page) => page.items) ?? [];
}

function mapPages(data: Children | undefined, change: (items: Node[]) => Node[]): Children | undefined {
  if (!data) return data;
  let changed = false;
  const pages = data.pages.map((page) => {
    const items = change(page.items);
    if (items === page.items) return page;
    changed = true;
    return { ...page, items };
  });
  return changed ? { ...data, pages } : data;
}

export function replaceNode(data: Children | undefined, node: Node): Children | undefined {
  return mapPages(data, (items) => {
    const at = items.findIndex((item) => item.id === node.id);
    return at < 0 ? items : items.with(at, node);
  });
}

export function removeNodes(data: Children | undefined, ids: ReadonlySet<string>): Children | undefined {
  return mapPages(data, (items) =>
    items.some((item) => ids.has(item.id)) ? items.filter((item) => !ids.has(item.id)) : items,
  );
}

/** Folders first, then by name without regard to case: close to the server's order, which has the last word. */
export function compareNodes(a: Node, b: Node): number {
  if (a.kind !== b.kind) return a.kind === "folder" ? -1 : 1;
  const x = a.name.toLowerCase();
  const y = b.name.toLowerCase();
  if (x !== y) return x < y ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** The first of `things` for which `reached` holds, where it holds for all that follow; their number if for none. */
function firstOf<T>(things: readonly T[], reached: (thing: T) => boolean): number {
  let low = 0;
  let high = things.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(things[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Puts nodes where they belong. What would stand after the last loaded row is left to the next page. */
export function insertNodes(data: Children | undefined, nodes: readonly Node[]): Children | undefined {
  if (!data || nodes.length === 0) return data;
  const without = removeNodes(data, new Set(nodes.map((node) => node.id)));
  const last = without?.pages.at(-1);
  if (!without || !last) return data;
  const pages = [...without.pages];
  const own = new Set<number>();
  /** The items of a page, to be written to: copied once. */
  const itemsAt = (index: number): Node[] => {
    const page = pages[index] as NodePage;
    if (own.has(index)) return page.items;
    own.add(index);
    const items = [...page.items];
    pages[index] = { ...page, items };
    return items;
  };
  for (const node of nodes) {
    const index = pages.findIndex((page) => {
      const end = page.items.at(-1);
      return end !== undefined && compareNodes(node, end) < 0;
    });
    if (index >= 0) {
      const items = itemsAt(index);
      items.splice(
        firstOf(items, (item) => compareNodes(node, item) < 0),
        0,
        node,
      );
    } else if (last.next === null) {
      itemsAt(pages.length - 1).push(node);
    }
  }
  return { ...without, pages };
}
