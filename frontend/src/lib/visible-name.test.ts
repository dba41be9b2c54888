import { expect, it } from "vitest";
import { visibleName } from "./visible-name";

it.each([
  ["two\nlines.txt", "two\\nlines.txt"],
  ["tab\there", "tab\\there"],
  ["bell\u0007", "bell\\u{07}"],
  ["report\u202etxt.exe", "report\\u{202e}txt.exe"],
  ["Käse 🧀 naïve.md", "Käse 🧀 naïve.md"],
])("writes out what cannot be seen in %j", (name, shown) => expect(visibleName(name)).toBe(shown));
