import { describe, expect, it } from "vitest";
import { dictionaries, lookUp, makeTranslate, type Message } from "./i18n";
import { makeFormat } from "./format";

const flat = (language: "en" | "de"): Map<string, Message> =>
  new Map(
    Object.entries(dictionaries[language]).flatMap(([area, words]) =>
      Object.entries(words as Record<string, Message>).map(
        ([key, message]) => [`${area}.${key}`, message] as const,
      ),
    ),
  );
const texts = (message: Message) => (typeof message === "string" ? [message] : [message.one, message.other]);
const slots = (message: Message) =>
  [...new Set(texts(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

describe("dictionaries", () => {
  const en = flat("en");
  const de = flat("de");

  it("have the same keys in both languages, and no empty text", () => {
    expect([...de.keys()].sort()).toEqual([...en.keys()].sort());
    for (const [key, message] of [...en, ...de])
      for (const text of texts(message)) expect(text.trim(), key).not.toBe("");
  });
  it("have the same slots in both languages", () => {
    const differing = [...en].filter(
      ([key, message]) => slots(message).join() !== slots(de.get(key) ?? "").join(),
    );
    expect(differing.map(([key]) => key)).toEqual([]);
  });
  it("do not shout and do not boast", () => {
    for (const [key, message] of [...en, ...de])
      for (const text of texts(message)) expect(text, key).not.toMatch(/!|successful|erfolgreich/i);
  });
  it("address nobody in German", () => {
    for (const [key, message] of de)
      for (const text of texts(message)) expect(text, key).not.toMatch(/\b(du|dein\w*|Ihnen|Ihre\w*)\b/);
  });
});

describe("translate", () => {
  const t = makeTranslate("de", makeFormat("de"));
  it("fills slots and chooses the plural", () => {
    expect(t("files.selected", { count: 1 })).toBe("1 ausgewählt");
    expect(t("files.selected", { count: 12_345 })).toBe("12.345 ausgewählt");
    expect(t("ide.files_of", { done: 0, count: 1 })).toBe("0 von 1 Datei");
  });
  it("knows what it does not know", () => {
    expect(lookUp("en", "problems.no_such_code")).toBeUndefined();
  });
});
