// The loaded pages of a folder as one list, and the changes made to it before the server is asked again. A change copies
// the page that it is in and no other, and finds it without looking at the others' items.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Node, NodePage } from "@/api/model";
import { keys } from "@/api/queries";
import { comparing, inView, plainView, type ListView } from "./view";

export type Children = InfiniteData<NodePage, unknown>;

/** A page that grows beyond this is cut in two, so that one change copies little. */
const mostInPage = 2000;

export function itemsOf(data: Children | undefined): Node[] {
  return data?.pages.flatMap((page) => page.items) ?? [];
}

/** Changes each list of a folder that is in the cache: one for each order and filter that was shown. */
export function editChildren(
  queries: QueryClient,
  folderId: string,
  change: (data: Children | undefined, view: ListView) => Children | undefined,
): void {
  for (const [key, data] of queries.getQueriesData<Children>({ queryKey: keys.children(folderId) })) {
    const next = change(data, (key[2] as ListView | undefined) ?? plainView);
    if (next !== data) queries.setQueryData<Children>(key, next);
  }
}

/** Lists of more pages than this are not read anew by themselves: their changes were made in place. */
const rereadPages = 3;
export const isSmall = (data: Children | undefined): boolean => (data?.pages.length ?? 0) <= rereadPages;

// A page's items never change: where each is, is found out once.
const placesOfPage = new WeakMap<readonly Node[], Map<string, number>>();
function placeIn(items: readonly Node[], id: string): number {
  let places = placesOfPage.get(items);
  if (!places) {
    places = new Map(items.map((item, index) => [item.id, index]));
    placesOfPage.set(items, places);
  }
  return places.get(id) ?? -1;
}

// Which ids may be in a list: what a list grew from hands its set on, so that it is made once and not for each change. It may name
// some that are gone; it never lacks one that is there.
const idsOfList = new WeakMap<Children, Set<string>>();
function mayHold(data: Children): Set<string> {
  let ids = idsOfList.get(data);
  if (!ids) {
    ids = new Set(data.pages.flatMap((page) => page.items.map((item) => item.id)));
    idsOfList.set(data, ids);
  }
  return ids;
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
    const at = placeIn(items, node.id);
    return at < 0 ? items : items.with(at, marked(node, items[at]));
  });
}

/** Answers to a change do not say whether the node is a favourite: it stays what it was. */
const marked = (node: Node, before: Node | undefined): Node =>
  node.favourite === undefined && before?.favourite !== undefined
    ? { ...node, favourite: before.favourite }
    : node;

function findNode(data: Children, id: string): Node | undefined {
  for (const { items } of data.pages) {
    const at = placeIn(items, id);
    if (at >= 0) return items[at];
  }
  return undefined;
}

export function removeNodes(data: Children | undefined, ids: ReadonlySet<string>): Children | undefined {
  if (!data) return data;
  const held = mayHold(data);
  if (![...ids].some((id) => held.has(id))) return data;
  return mapPages(data, (items) => {
    for (const id of ids) {
      if (placeIn(items, id) >= 0) return items.filter((item) => !ids.has(item.id));
    }
    return items;
  });
}

/** Puts nodes where they belong. What would stand after the last loaded row is left to the next page. */
export function insertNodes(
  data: Children | undefined,
  nodes: readonly Node[],
  view: ListView = plainView,
): Children | undefined {
  if (!data || nodes.length === 0) return data;
  const without = removeNodes(data, new Set(nodes.map((node) => node.id)));
  const last = without?.pages.at(-1);
  if (!without || !last) return data;
  const compare = comparing(view);
  const held = mayHold(data);
  const ends = without.pages.flatMap((page, index) => {
    const end = page.items.at(-1);
    return end === undefined ? [] : [{ index, end }];
  });
  /** What comes into each page, by its number. */
  const coming = new Map<number, Node[]>();
  for (const one of nodes) {
    const node = held.has(one.id) ? marked(one, findNode(data, one.id)) : one;
    if (!inView(node, view)) continue;
    const first = firstOf(ends.length, (at) => compare(node, (ends[at] as { end: Node }).end) < 0);
    let index = ends[first]?.index ?? -1;
    if (index < 0 && last.next === null) index = without.pages.length - 1;
    if (index < 0) continue;
    const others = coming.get(index);
    if (others) others.push(node);
    else coming.set(index, [node]);
  }
  if (coming.size === 0) return without;
  const pages: NodePage[] = [];
  const pageParams: unknown[] = [];
  without.pages.forEach((page, index) => {
    const news = coming.get(index);
    const param = without.pageParams[index] ?? null;
    if (!news) {
      pages.push(page);
      pageParams.push(param);
      return;
    }
    const items = merged(page.items, news.sort(compare), compare);
    const parts = Math.ceil(items.length / mostInPage);
    const size = Math.ceil(items.length / parts);
    for (let part = 0; part < parts; part++) {
      const isLast = part === parts - 1;
      pages.push({
        items: items.slice(part * size, (part + 1) * size),
        // Where a page was cut, nothing is missing that could be asked for: the word only says that more follows.
        next: isLast ? page.next : "more",
      });
      pageParams.push(param);
    }
  });
  const grown: Children = { ...without, pages, pageParams };
  for (const node of nodes) held.add(node.id);
  idsOfList.set(grown, held);
  return grown;
}

/** Two sorted lists as one: a search for each of the few that come, and one copy of the others. */
function merged(
  items: readonly Node[],
  news: readonly Node[],
  compare: (a: Node, b: Node) => number,
): Node[] {
  const all: Node[] = [];
  let copied = 0;
  for (const node of news) {
    const at = firstOf(items.length, (index) => compare(node, items[index] as Node) < 0);
    for (; copied < at; copied += 1) all.push(items[copied] as Node);
    all.push(node);
  }
  for (; copied < items.length; copied += 1) all.push(items[copied] as Node);
  return all;
}

/** The first place before `length` for which `reached` holds, where it holds for all that follow; `length` if for none. */
function firstOf(length: number, reached: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
