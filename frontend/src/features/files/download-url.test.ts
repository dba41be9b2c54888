import { expect, it } from "vitest";
import type { Node } from "@/api/model";
import { downloadUrl } from "./download-url";

const node = (id: string, kind: "file" | "folder") => ({ id, kind, name: id }) as Node;
const many = (count: number) => Array.from({ length: count }, (_, n) => node(`n${n}`, "file"));

it("takes a file as it is, a folder and a selection as a zip", () => {
  expect(downloadUrl([node("a", "file")])).toEqual({ url: "/api/v1/nodes/a/content", name: "a" });
  expect(downloadUrl([node("a", "folder")])).toEqual({ url: "/api/v1/nodes/a/zip", name: "a.zip" });
  expect(downloadUrl([node("a", "folder"), node("b", "file")])).toEqual({
    url: "/api/v1/zips?node=a&node=b",
    name: "files.zip",
  });
});

it("takes nothing when nothing is selected, or too much", () => {
  expect(downloadUrl([])).toBeNull();
  expect(downloadUrl(many(500))).not.toBeNull();
  expect(downloadUrl(many(501))).toBeNull();
});
