import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { ignoredFolders, isIgnored } from "./ignored";

it("has the list of the agent", () => {
  const agent = path.join(import.meta.dirname, "../../../../../crates/wire/src/agent.rs");
  const list = /IGNORED_FOLDERS: &\[&str\] = &\[([^\]]*)\]/.exec(readFileSync(agent, "utf8"))?.[1] ?? "";
  const names = [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(0);
  expect([...ignoredFolders].sort()).toEqual(names.sort());
});

it.each([
  ["node_modules", true, true],
  ["web/node_modules", true, true],
  ["web/node_modules/x/y.js", false, true],
  ["target/debug/a", false, true],
  // A file of that name is a file.
  ["target", false, false],
  ["a/node_modules", false, false],
  ["targets/a", false, false],
  ["src/target.rs", false, false],
  ["", true, false],
])("%s (a folder: %s) stays in the sandbox: %s", (at, folder, stays) =>
  expect(isIgnored(at, folder)).toBe(stays),
);
