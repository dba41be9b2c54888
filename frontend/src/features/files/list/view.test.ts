import { describe, expect, it } from "vitest";
import type { Node } from "@/api/model";
import { comparing, inView, orderAfter, parseLook, plainView } from "./view";

const node = (name: string, size: number, changed_at: string, kind: "file" | "folder" = "file"): Node => ({
  id: name,
  space_id: "s",
  parent_id: "p",
  kind,
  name,
  size,
  etag: "",
  changed_at,
  changed_by: null,
  version: null,
  media_type: null,
  abilities: { write: true, delete: true, open_workspace: false },
});
const nodes = [
  node("b", 3, "2026-11-03"),
  node("A", 30, "2026-11-02"),
  node("c", 3, "2026-11-01"),
  node("zoo", 0, "2026-11-09", "folder"),
  node("ant", 9, "2026-11-08", "folder"),
];

describe("comparing", () => {
  it.each([
    ["name", false, "ant zoo A b c"],
    ["name", true, "zoo ant c b A"],
    ["size", false, "zoo ant b c A"],
    ["size", true, "ant zoo A c b"],
    ["changed", false, "ant zoo c A b"],
    ["changed", true, "zoo ant b A c"],
  ] as const)("keeps folders first: by %s, descending %s", (by, descending, names) => {
    const sorted = nodes.toSorted(comparing({ by, descending }));
    expect(sorted.map((each) => each.name).join(" ")).toBe(names);
  });
});

it("turns a column around, and begins another in its natural direction", () => {
  const names = { by: "name", descending: false } as const;
  expect(orderAfter(names, "name")).toEqual({ by: "name", descending: true });
  expect(orderAfter(names, "size")).toEqual({ by: "size", descending: true });
  expect(orderAfter({ by: "size", descending: true }, "name")).toEqual(names);
});

it("filters without regard to case, also what is typed in two signs for one letter", () => {
  const apple = node("Äpfel.txt", 0, "");
  expect(inView(apple, { ...plainView, part: " äpf " })).toBe(true);
  expect(inView(apple, { ...plainView, part: "A\u0308PF" })).toBe(true);
  expect(inView(apple, { ...plainView, part: "apf" })).toBe(false);
});

it.each([null, "", "no json", "[]", '{"by":"colour","grid":"yes"}'])("takes %j as nothing chosen", (text) =>
  expect(parseLook(text)).toMatchObject({ by: "name", descending: false, grid: false, tree: false }),
);
it("keeps what is known of a choice", () =>
  expect(parseLook('{"by":"size","descending":true,"grid":true,"later":1}')).toEqual({
    by: "size",
    descending: true,
    grid: true,
    tree: false,
  }));
