import { describe, expect, it } from "vitest";
import { makeFormat } from "./format";

const en = makeFormat("en");
const de = makeFormat("de");
const now = new Date("2026-11-21T12:00:00Z");
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000);

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [222_298_112, "212 MiB"],
    [10_737_418_240, "10 GiB"],
  ])("%d bytes are %s", (bytes, text) => expect(en.bytes(bytes)).toBe(text));
  it("follow the language", () => expect(de.bytes(1536)).toBe("1,5 KiB"));
});

describe("times", () => {
  it.each([
    [3, "now"],
    [240, "4 minutes ago"],
    [7200, "2 hours ago"],
    [86_400, "yesterday"],
    [3 * 86_400, "3 days ago"],
    [30 * 86_400, "22 October"],
    [400 * 86_400, "17 Oct 2025"],
  ])("%d s ago reads %s", (seconds, text) => expect(en.ago(before(seconds), now)).toBe(text));
  it("tick in short form", () => {
    expect(en.shortAgo(before(2), now)).toBe("2 s ago");
    expect(de.shortAgo(before(300), now)).toBe("vor 5 min");
  });
  it("say nothing for what is no time", () => {
    expect(en.ago("never", now)).toBe("");
    expect(en.exact("never")).toBe("");
  });
});
