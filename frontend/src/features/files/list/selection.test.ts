import { describe, expect, it } from "vitest";
import { orderOf } from "./order";
import { all, clear, click, move, nothing, settle, toggle } from "./selection";

const listOf = (...ids: string[]) => orderOf(ids.map((id) => ({ id })));
const order = listOf("a", "b", "c", "d", "e");
const plain = { extend: false, keep: false };
const selected = (state: { selected: ReadonlySet<string> }) => [...state.selected].sort().join("");

describe("keyboard", () => {
  it("enters at the near end, and Home and End reach the ends at once", () => {
    expect(move(nothing, order, 1, plain).active).toBe("a");
    expect(move(nothing, order, -1, plain).active).toBe("e");
    expect(move(nothing, order, order.ids.length, plain).active).toBe("e");
    expect(
      move(click(nothing, order, "c", { shift: false, mod: false }), order, -order.ids.length, plain).active,
    ).toBe("a");
  });
  it("stops at the ends", () => {
    expect(move(click(nothing, order, "e", { shift: false, mod: false }), order, 1, plain).active).toBe("e");
  });
  it("extends from where it began and shrinks again", () => {
    let state = click(nothing, order, "c", { shift: false, mod: false });
    state = move(state, order, 1, { extend: true, keep: false });
    state = move(state, order, 1, { extend: true, keep: false });
    expect(selected(state)).toBe("cde");
    state = move(state, order, -3, { extend: true, keep: false });
    expect(selected(state)).toBe("bc");
  });
  it("moves the cursor alone", () => {
    const state = move(click(nothing, order, "a", { shift: false, mod: false }), order, 2, {
      extend: false,
      keep: true,
    });
    expect([state.active, selected(state)]).toEqual(["c", "a"]);
    expect(selected(toggle(state, "c"))).toBe("ac");
  });
  it("copes with an empty list", () => expect(move(nothing, listOf(), 1, plain)).toBe(nothing));
});

describe("pointer", () => {
  it("takes one, adds one, takes a range", () => {
    let state = click(nothing, order, "b", { shift: false, mod: false });
    state = click(state, order, "d", { shift: false, mod: true });
    expect(selected(state)).toBe("bd");
    state = click(state, order, "a", { shift: true, mod: false });
    expect(selected(state)).toBe("abcd");
  });
});

describe("all, clear and settle", () => {
  it("select and leave everything", () => {
    expect(selected(all(nothing, order))).toBe("abcde");
    expect(selected(clear(all(nothing, order)))).toBe("");
  });
  it("puts the cursor beside what left", () => {
    const state = click(nothing, order, "c", { shift: false, mod: false });
    expect(settle(state, order, listOf("a", "b", "d", "e"))).toMatchObject({
      active: "d",
      selected: new Set(),
    });
    expect(settle(state, order, listOf("a", "b")).active).toBe("b");
    expect(settle(state, order, order)).toBe(state);
  });
});
