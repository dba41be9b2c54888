import { expect, it } from "vitest";
import { nameFault, pathFault } from "./name-fault";

it.each([
  ["", "names.empty"],
  ["   ", "names.empty"],
  [".", "names.dots"],
  ["..", "names.dots"],
  ["a/b", "names.slash"],
  ["ä".repeat(128), "names.long"],
  ["ä".repeat(127), null],
  ["a".repeat(255), null],
  ["...", null],
  [".gitignore", null],
])("says of the name %j: %s", (name, fault) => expect(nameFault(name)).toBe(fault));

it.each([
  ["", "names.empty"],
  ["a/../b", "names.dots_part"],
  ["./a", "names.dots_part"],
  ["a//b", "names.empty_part"],
  ["a/", "names.empty_part"],
  [`a/${"b".repeat(256)}`, "names.long"],
  ["a/b.txt", null],
])("says of the path %j: %s", (path, fault) => expect(pathFault(path)).toBe(fault));
