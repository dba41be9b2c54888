import { expect, it } from "vitest";
import { quotaBytes, quotaText } from "./quota-text";

it.each([
  ["", null],
  ["10", 10_737_418_240],
  [" 0,5 ", 536_870_912],
  ["0", 0],
  ["ten", undefined],
  ["-1", undefined],
  ["1e9", undefined],
])("reads %j", (text, bytes) => expect(quotaBytes(text)).toBe(bytes));

it("writes what it reads", () => {
  expect(quotaText(null)).toBe("");
  expect(quotaText(536_870_912)).toBe("0.5");
});
