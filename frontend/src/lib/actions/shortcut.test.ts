import { describe, expect, it } from "vitest";
import { matchesShortcut, shortcutText, type KeyPress } from "./shortcut";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe("matchesShortcut", () => {
  it("tells modifiers apart", () => {
    expect(matchesShortcut("mod+K", press("k", { ctrlKey: true }), false)).toBe(true);
    expect(matchesShortcut("mod+K", press("k", { metaKey: true }), true)).toBe(true);
    expect(matchesShortcut("mod+K", press("k"), false)).toBe(false);
    expect(matchesShortcut("mod+K", press("K", { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matchesShortcut("I", press("i", { altKey: true }), false)).toBe(false);
  });
  it("takes signs however the keyboard makes them", () => {
    expect(matchesShortcut("?", press("?", { shiftKey: true }), false)).toBe(true);
    expect(matchesShortcut("/", press("/", { shiftKey: true }), false)).toBe(true);
  });
  it("keeps Delete and Shift+Delete apart", () => {
    expect(matchesShortcut("Delete", press("Delete"), false)).toBe(true);
    expect(matchesShortcut("Delete", press("Delete", { shiftKey: true }), false)).toBe(false);
  });
});

it("names keys as they are printed", () => {
  expect(shortcutText("Delete", "de")).toBe("Entf");
  expect(shortcutText("shift+N", "en")).toBe("Shift N");
});
