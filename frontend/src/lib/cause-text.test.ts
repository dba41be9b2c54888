import { expect, it } from "vitest";
import { causeText, reasonText } from "./cause-text";
import { makeFormat } from "./i18n/format";
import { makeTranslate } from "./i18n/i18n";

const format = makeFormat("en");
const i18n = { language: "en" as const, format, t: makeTranslate("en", format) };

/** Every cause that the cloud backend writes: the ends of a container and the refusals of the runner. */
const causes = (
  "out_of_memory exited unknown not_reported workspace_busy busy docker_unavailable image_missing volume_failed " +
  "agent_failed internal not_found plan_invalid limit_too_high signature_invalid signature_replayed " +
  "signature_expired grant_invalid grant_expired grant_replayed grant_mismatch"
).split(" ");

it.each(causes)("has a sentence for %s", (cause) => {
  const text = causeText(i18n, cause);
  expect(text).toMatch(/^[A-Z].*\.$/);
  expect(text).not.toContain(cause.includes("_") ? cause : "“");
});

it("has nothing to say when somebody stopped it", () => {
  expect(causeText(i18n, "requested")).toBeNull();
  expect(causeText(i18n, null)).toBeNull();
});

it("names a code that it does not know, and keeps a sentence", () => {
  expect(causeText(i18n, "moon_is_full")).toBe("It is not running because of “moon_is_full”.");
  expect(causeText(i18n, "The volume is full: 10 of 10 GiB")).toBe("The volume is full: 10 of 10 GiB");
  expect(reasonText(i18n, "moon_is_full", "The moon is full.")).toBe("The moon is full.");
});
