import { describe, expect, it } from "vitest";
import type { Node } from "@/api/model";
import { insertNodes, itemsOf, removeNodes, replaceNode, type Children } from "./children-cache";

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
