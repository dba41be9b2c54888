import { afterEach, expect, it } from "vitest";
import { styleNonce, withStyleNonce } from "./nonce";
import { plainTextOnly } from "./trusted-types";

afterEach(() => document.head.replaceChildren());

function nonce(content: string) {
  const meta = document.createElement("meta");
  meta.name = "csp-nonce";
  meta.content = content;
  document.head.append(meta);
}

it("takes the nonce that the server wrote, and no placeholder", () => {
  expect(styleNonce()).toBeUndefined();
  nonce("__CSP_NONCE__");
  expect(styleNonce()).toBeUndefined();
  document.head.replaceChildren();
  nonce("r4nd0m");
  expect(styleNonce()).toBe("r4nd0m");
});

it("gives the nonce to the styles of one call, and leaves the page as it was", () => {
  nonce("r4nd0m");
  const made = withStyleNonce(() => [document.createElement("style"), document.createElement("div")]);
  expect(made.map((each) => each.getAttribute("nonce"))).toEqual(["r4nd0m", null]);
  expect(document.createElement("style").getAttribute("nonce")).toBeNull();
});

it("lets no markup through", () => {
  expect(plainTextOnly(":root{--a:1px}")).toBe(":root{--a:1px}");
  expect(() => plainTextOnly("<img src=x onerror=alert(1)>")).toThrow(TypeError);
});
