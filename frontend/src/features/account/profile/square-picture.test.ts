import { expect, it } from "vitest";
import { middleSquare } from "./square-picture";

it.each([
  [800, 600, { x: 100, y: 0, side: 600 }],
  [301, 400, { x: 0, y: 49, side: 301 }],
  [64, 64, { x: 0, y: 0, side: 64 }],
])("takes the middle of %d × %d", (width, height, part) => expect(middleSquare(width, height)).toEqual(part));
