import { expect, it } from "vitest";
import { rank } from "./rank";

it("prefers beginnings over the middle, and words over letters", () => {
  expect(rank("up", "Upload")).toBeGreaterThan(rank("up", "Group"));
  expect(rank("work", "Open as workspace")).toBeGreaterThan(rank("work", "Network"));
  expect(rank("oaw", "Open as workspace")).toBeGreaterThan(0);
});
it("leaves out what does not fit", () => expect(rank("xyz", "Upload")).toBe(0));
