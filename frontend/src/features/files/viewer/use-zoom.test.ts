import { expect, it } from "vitest";
import { held, zoomAt } from "./use-zoom";

const fit = { scale: 1, x: 0, y: 0 };

it("keeps what is under the pointer where it is", () => {
  const once = zoomAt(fit, 2, { x: 100, y: -40 });
  expect(once).toEqual({ scale: 2, x: -100, y: 40 });
  // The point of the picture that was under the pointer: (pointer - shift) / scale.
  expect((100 - once.x) / once.scale).toBe(100);
  const twice = zoomAt(once, 2, { x: 100, y: -40 });
  expect((100 - twice.x) / twice.scale).toBe(100);
});
it("goes from the whole picture to eight times, and no further", () => {
  expect(zoomAt(fit, 100, { x: 0, y: 0 }).scale).toBe(8);
  expect(zoomAt({ scale: 2, x: 50, y: 50 }, 0.01, { x: 0, y: 0 })).toEqual(fit);
});
it("does not let the picture leave the stage", () => {
  const stage = { width: 200, height: 100 };
  expect(held({ scale: 3, x: 900, y: -900 }, stage)).toEqual({ scale: 3, x: 200, y: -100 });
  expect(held({ scale: 1, x: 5, y: 5 }, stage)).toEqual(fit);
});
