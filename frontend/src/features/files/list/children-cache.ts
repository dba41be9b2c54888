// The loaded pages of a folder as one list, and the changes made to it before the server is asked again.
import type { InfiniteData } from "@tanstack/react-query";
import type { Node, NodePage } from "@/api/model";

export type Children = InfiniteData<NodePage, unknown>;

export function itemsOf(data: Children | undefined): Node[] {
  return data?.pages.flatMap((page) => page.items) ?? [];
}

function mapPages(data: Children | undefined, change: (items: Node[]) => Node[]): Children | undefined {
  if (!data) return data;
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) };
}

export function replaceNode(data: Children | undefined, node: Node): Children | undefined {
  return mapPages(data, (items) =>
    items.some((item) => item.id === node.id)
      ? items.map((item) => (item.id === node.id ? node : item))
      : items,
  );
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

/** Puts nodes where they belong. What would stand after the last loaded row is left to the next page. */
export function insertNodes(data: Children | undefined, nodes: readonly Node[]): Children | undefined {
  if (!data || nodes.length === 0) return data;
  const without = removeNodes(data, new Set(nodes.map((node) => node.id)));
  if (!without) return data;
  const pages = without.pages.map((page) => ({ ...page, items: [...page.items] }));
  const last = pages.at(-1);
  if (!last) return data;
  for (const node of nodes) {
    const page = pages.find((each) => {
      const end = each.items.at(-1);
      return end !== undefined && compareNodes(node, end) < 0;
    });
    if (page) {
      const at = page.items.findIndex((item) => compareNodes(node, item) < 0);
      page.items.splice(at < 0 ? page.items.length : at, 0, node);
    } else if (last.next === null) {
      last.items.push(node);
    }
  }
  return { ...without, pages };
}
