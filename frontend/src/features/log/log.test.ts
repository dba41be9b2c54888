import { describe, expect, it } from "vitest";
import { makeFormat } from "@/lib/i18n/format";
import { makeTranslate, type I18n } from "@/lib/i18n/i18n";
import { actText, actorText, entrySentence, targetParts } from "./act-text";
import { filterOf } from "./log-search";

const i18n = (language: "en" | "de"): I18n => {
  const format = makeFormat(language);
  return { language, format, t: makeTranslate(language, format) };
};

describe("what an entry says", () => {
  it("has words for known acts and the code for others", () => {
    expect(actText(i18n("en"), "session.create")).toBe("signed in");
    expect(actText(i18n("de"), "session.create")).toBe("angemeldet");
    expect(actText(i18n("en"), "moon.landing")).toBe("moon.landing");
  });
  it("names people, services and those who were erased", () => {
    expect(actorText(i18n("en"), { type: "user", id: "1", name: "Mira" })).toBe("Mira");
    expect(actorText(i18n("en"), { type: "user", id: "1", name: null })).toBe("erased person");
    expect(actorText(i18n("en"), { type: "runner", id: null, name: null })).toBe("Runner");
    expect(actorText(i18n("en"), { type: "robot", id: null, name: null })).toBe("robot");
  });
  it("calls whoever was not signed in so, and what was refused a try", () => {
    const nobody = { type: "link", id: null, name: null };
    expect(actorText(i18n("en"), nobody)).toBe("someone not signed in");
    expect(actorText(i18n("en"), { ...nobody, id: "7" })).toBe("guest of a link");
    expect(actText(i18n("en"), "session.create", "denied")).toBe("tried to sign in");
    expect(actText(i18n("en"), "setup.complete", "denied")).toBe("tried to make the first account");
    expect(actText(i18n("de"), "session.create", "denied")).toBe("Anmelden versucht");
    expect(actText(i18n("en"), "session.create", "ok")).toBe("signed in");
    expect(actText(i18n("en"), "file.access", "denied")).toBe("asked for a file or folder");
  });
  it("says in words what has no name", () => {
    const target = { type: "node", id: "019a-854036", name: null };
    expect(targetParts(i18n("en"), target)).toEqual({ text: "a file or folder", id: "…854036" });
    expect(targetParts(i18n("en"), { ...target, name: "a.txt" })).toEqual({ text: "a.txt", id: null });
    expect(targetParts(i18n("en"), { type: "instance", id: "self", name: null })).toEqual({
      text: "the installation",
      id: null,
    });
    expect(targetParts(i18n("en"), { type: "moon", id: "0123456789", name: null }).text).toBe("moon");
  });
  it("says who did what to what, and that it was refused", () => {
    const entry = {
      index: 1,
      id: "1",
      at: "",
      action: "file.trash",
      outcome: "denied" as const,
      actor: { type: "user", id: "1", name: "Mira" },
      target: { type: "node", id: "2", name: "notes.md" },
      space_id: null,
      address: null,
      client: null,
      request_id: null,
      details: {},
      leaf: "{}",
      leaf_hash: null,
      signed: false,
    };
    expect(entrySentence(i18n("en"), entry)).toBe("Mira tried to delete: notes.md (denied)");
  });
});

it("asks the server only for what is filtered", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  expect(filterOf({}, now)).toEqual({});
  expect(filterOf({ span: "hour", outcome: "denied", text: "x", actor: "" }, now)).toEqual({
    from: "2026-11-21T11:00:00.000Z",
    outcome: "denied",
  });
});
