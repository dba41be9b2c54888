import { expect, it } from "vitest";
import { stepOf } from "./use-list-keys";

it("moves line by line in a list, and leaves the arrows to the sides alone", () => {
  expect(stepOf("ArrowDown", 3, 10, 1, 5)).toBe(1);
  expect(stepOf("PageUp", 3, 10, 1, 5)).toBe(-4);
  expect(stepOf("ArrowRight", 3, 10, 1, 5)).toBeNull();
  expect(stepOf("a", 3, 10, 1, 5)).toBeNull();
});
it.each([
  // Ten tiles in lines of four: 0-3, 4-7, 8-9.
  ["ArrowRight", 3, 1],
  ["ArrowLeft", 4, -1],
  ["ArrowDown", 1, 4],
  ["ArrowUp", 5, -4],
  // From the first line nothing leads up, from the last nothing down.
  ["ArrowUp", 2, 0],
  ["ArrowDown", 8, 0],
  // Below is nothing, but there is a line: its last tile is taken.
  ["ArrowDown", 7, 4],
  ["PageDown", 0, 8],
  ["Home", 9, -10],
  ["End", 0, 10],
  // Without a cursor the first step enters the grid.
  ["ArrowDown", -1, 4],
])("in a grid %s from tile %i goes %i", (key, at, step) => expect(stepOf(key, at, 10, 4, 3)).toBe(step));
