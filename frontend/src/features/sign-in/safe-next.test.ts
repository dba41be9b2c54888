import { expect, it } from "vitest";
import { safeNext } from "./safe-next";

it.each([
  [undefined, "/"],
  ["/files/1?item=2#x", "/files/1?item=2#x"],
  ["//evil.example/", "/"],
  ["https://evil.example/", "/"],
  ["/\\evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["/sign-in?next=/", "/"],
])("goes from %s to %s", (next, target) => expect(safeNext(next)).toBe(target));
