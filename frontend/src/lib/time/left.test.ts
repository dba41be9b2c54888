import { expect, it } from "vitest";
import { minutesLeft } from "./left";

const now = new Date("2026-11-21T12:00:00Z");
const left = (until: string | null) => minutesLeft(until, now, 15);

it("rounds down and never promises more than the limit", () => {
  expect(left("2026-11-21T12:12:59Z")).toBe(12);
  // A page whose clock is twenty seconds old, and a browser whose clock is behind.
  expect(left("2026-11-21T12:15:20Z")).toBe(15);
  expect(left("2026-11-21T12:19:00Z")).toBe(15);
});

it("knows the last minute from the end", () => {
  expect(left("2026-11-21T12:00:30Z")).toBe(0);
  expect(left("2026-11-21T12:00:00Z")).toBeNull();
  expect(left(null)).toBeNull();
});
