// @vitest-environment node
// docs/guides/add-an-endpoint.md: one file per call in the feature's folder.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const features = path.join(import.meta.dirname, "../src/features");

it("has one file for each call", () => {
  const files = readdirSync(features, { recursive: true, encoding: "utf8" }).filter((file) =>
    /^[^/]+\/api\/[^/]+\.ts$/.test(file),
  );
  expect(files.length).toBeGreaterThan(10);
  const crowded = files.filter((file) => {
    const text = readFileSync(path.join(features, file), "utf8");
    return (text.match(/^export (async )?function /gm) ?? []).length > 1;
  });
  expect(crowded).toEqual([]);
});
