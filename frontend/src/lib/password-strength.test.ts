import { expect, it } from "vitest";
import { passwordStrength } from "./password-strength";

it.each([
  ["", "empty"],
  ["short", "short"],
  ["aaaaaaaaaaaaaaaaaaaa", "repeats"],
  ["mira keller 1234", "contains_name"],
  ["mira keller likes warm rain", "good"],
  ["correct horse battery", "good"],
  ["пароль из многих слов", "good"],
])("judges %j as %s", (password, state) =>
  expect(passwordStrength(password, ["Mira Keller"]).state).toBe(state),
);

it("counts characters as a person does", () => {
  expect(passwordStrength("🙂🙂🙂", [])).toEqual({ state: "short", missing: 12 });
});
