import { describe, expect, it } from "vitest";
import type { Node } from "@/api/model";
import { QueryClient } from "@tanstack/react-query";
import { keys } from "@/api/queries";
import {
  editChildren,
  insertNodes,
  itemsOf,
  removeNodes,
  replaceNode,
  type Children,
} from "./children-cache";
import { plainView } from "./view";

const node = (name: string, kind: "file" | "folder" = "file"): Node => ({
  id: name,
  space_id: "s",
  parent_id: "p",
  kind,
  name,
  size: 0,
  etag: "",
  changed_at: "2026-11-21T00:00:00Z",
  changed_by: null,
  version: null,
  media_type: null,
  abilities: { write: true, delete: true, open_workspace: false },
});
const children = (pages: Node[][], next: string | null = null): Children => ({
  pages: pages.map((items, index) => ({ items, next: index === pages.length - 1 ? next : "more" })),
  pageParams: pages.map(() => null),
});
const names = (data: Children | undefined) =>
  itemsOf(data)
    .map((item) => item.name)
    .join(" ");

describe("insertNodes", () => {
  it("keeps folders first and names in order, across pages", () => {
    const data = children([
      [node("b", "folder"), node("a.txt")],
      [node("c.txt"), node("e.txt")],
    ]);
    expect(names(insertNodes(data, [node("d.txt"), node("a", "folder"), node("B.txt")]))).toBe(
      "a b a.txt B.txt c.txt d.txt e.txt",
    );
  });
  it("leaves to the next page what stands behind the last loaded row", () => {
    const open = children([[node("a.txt")]], "cursor");
    expect(names(insertNodes(open, [node("z.txt")]))).toBe("a.txt");
    expect(names(insertNodes(children([[node("a.txt")]]), [node("z.txt")]))).toBe("a.txt z.txt");
  });
  it("moves a renamed item instead of doubling it", () => {
    const data = children([[node("a"), node("b")]]);
    expect(names(insertNodes(data, [{ ...node("a"), name: "c" }]))).toBe("b c");
  });
  it("copies only the page that it changes", () => {
    const data = children([[node("a"), node("c")], [node("d")], [node("x")]]);
    const after = insertNodes(data, [node("b")]);
    expect(after?.pages.map((page, at) => page === data.pages[at])).toEqual([false, true, true]);
    expect(removeNodes(data, new Set(["other"]))).toBe(data);
  });
  it("passes over a page that was emptied", () => {
    const data = children([[node("b")], [], [node("x")]]);
    expect(names(insertNodes(data, [node("a"), node("c")]))).toBe("a b c x");
  });
  it("does nothing to a list that is not loaded", () =>
    expect(insertNodes(undefined, [node("a")])).toBeUndefined());
});

it("removes and replaces in place", () => {
  const data = children([[node("a"), node("b")], [node("c")]]);
  expect(names(removeNodes(data, new Set(["a", "c"])))).toBe("b");
  expect(names(replaceNode(data, { ...node("b"), name: "B" }))).toBe("a B c");
});

describe("a list in another order, or of a part", () => {
  const sized = (name: string, size: number) => ({ ...node(name), size });
  it("takes what comes in its own order", () => {
    const view = { by: "size", descending: true, part: "" } as const;
    const data = children([[sized("a", 9), sized("b", 5)], [sized("c", 1)]]);
    expect(names(insertNodes(data, [sized("d", 7), sized("e", 0), sized("a", 4)], view))).toBe("d b a c e");
  });
  it("takes nothing that does not belong to it, and lets go of what no longer does", () => {
    const view = { ...plainView, part: "log" };
    const data = children([[node("a.log"), node("b.log")]]);
    expect(names(insertNodes(data, [node("c.txt"), node("aa.LOG")], view))).toBe("a.log aa.LOG b.log");
    expect(names(insertNodes(data, [{ ...node("a.log"), name: "a.txt" }], view))).toBe("b.log");
  });
  it("is changed with the folder's other lists", () => {
    const queries = new QueryClient();
    const orders = [plainView, { ...plainView, descending: true }];
    for (const view of orders) queries.setQueryData([...keys.children("p"), view], children([[]]));
    queries.setQueryData([...keys.children("other"), plainView], children([[]]));
    editChildren(queries, "p", (data, view) => insertNodes(data, [node("a"), node("b")], view));
    const shown = (id: string, view: object) =>
      names(queries.getQueryData<Children>([...keys.children(id), view]));
    expect(orders.map((view) => shown("p", view))).toEqual(["a b", "b a"]);
    expect(shown("other", plainView)).toBe("");
  });
});

it("keeps the mark of a favourite when an answer does not tell", () => {
  const data = children([[{ ...node("a"), favourite: true }]]);
  expect(replaceNode(data, node("a"))?.pages[0]?.items[0]?.favourite).toBe(true);
  expect(insertNodes(data, [node("a")])?.pages[0]?.items[0]?.favourite).toBe(true);
  expect(replaceNode(data, { ...node("a"), favourite: false })?.pages[0]?.items[0]?.favourite).toBe(false);
});

it("grows by a hundred thousand uploads without copying them again and again", () => {
  let data: Children | undefined = children([[]]);
  const started = performance.now();
  for (let flush = 0; flush < 250; flush += 1) {
    const news = Array.from({ length: 400 }, (_, n) => node(`${n * 250 + flush}`.padStart(6, "0")));
    data = insertNodes(data, news);
  }
  expect(itemsOf(data)).toHaveLength(100_000);
  expect(itemsOf(data).every((item, at) => item.name === `${at}`.padStart(6, "0"))).toBe(true);
  // Pages stay small, so that a change copies little.
  expect(Math.max(...(data?.pages.map((page) => page.items.length) ?? []))).toBeLessThanOrEqual(2_000);
  expect(data?.pageParams).toHaveLength(data?.pages.length ?? 0);
  expect(performance.now() - started).toBeLessThan(20_000);
}, 60_000);
