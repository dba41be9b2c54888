// What happy-dom lacks of a browser, for all unit tests.
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

afterEach(cleanup);
// On a machine that builds at the same time a page takes longer to stand; what never comes still fails.
configure({ asyncUtilTimeout: 5_000 });

if (typeof window !== "undefined") {
  window.matchMedia ??= vi.fn((query: string) => ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false,
  }));
  Element.prototype.scrollIntoView ??= () => undefined;
}
