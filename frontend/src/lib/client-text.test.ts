import { expect, it } from "vitest";
import { clientText } from "./client-text";
import { makeFormat } from "./i18n/format";
import { makeTranslate, type I18n } from "./i18n/i18n";

const format = makeFormat("en");
const i18n: I18n = { language: "en", format, t: makeTranslate("en", format) };

it.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
    "Chrome on Linux",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1 Version/19.0 Safari/605.1",
    "Safari on macOS",
  ],
  ["Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0", "Firefox on Android"],
  ["curl/8.9.1", "curl"],
  ["SomeProgram/1", "SomeProgram/1"],
])("reads %s as %s", (client, text) => expect(clientText(i18n, client)).toBe(text));

it("says nothing of what said nothing", () => expect(clientText(i18n, null)).toBeNull());
