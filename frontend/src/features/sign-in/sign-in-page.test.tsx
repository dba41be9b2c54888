import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { keys } from "@/api/queries";
import { renderPage, someone } from "@/testing/render";
import { SignInPage } from "./sign-in-page";

let search: { next?: string; problem?: string; step?: string };
vi.mock("@tanstack/react-router", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  useSearch: () => search,
}));
vi.mock("@/lib/webauthn/webauthn", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  passkeysWork: () => true,
  autofillWorks: () => Promise.resolve(false),
  askForPasskey: (options: { challenge: string }) => Promise.resolve({ signed: options.challenge }),
}));
beforeEach(() => {
  search = {};
});

const refusal = (status: number, code: string, headers: Record<string, string> = {}) =>
  Response.json({ error: { code, message: code, request_id: "r" } }, { status, headers });
const step = (methods: string[]) => Response.json({ methods }, { status: 202 });
const answers = (more: Record<string, unknown>) => ({
  "/api/v1/setup": { open: false },
  "/api/v1/sign-in/options": { providers: [{ id: "uni", name: "Field University" }], passkeys: true },
  "/api/v1/session/passkey-options": { options: { challenge: "c1" } },
  "/api/v1/session/second-factor/passkey-options": { options: { challenge: "c2" } },
  ...more,
});
async function password() {
  await userEvent.type(await screen.findByLabelText("Name"), "mira");
  await userEvent.type(screen.getByLabelText("Password", { selector: "input" }), "words");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

it("goes from the password to the second step, and between its ways", async () => {
  const { sent, queries } = await renderPage(SignInPage, {
    answers: answers({
      "POST /api/v1/session": step(["totp", "recovery_code", "carrier_pigeon"]),
      "POST /api/v1/session/second-factor": someone,
    }),
  });
  queries.removeQueries({ queryKey: keys.me });
  await password();
  await screen.findByRole("heading", { name: "One more step" });
  expect(screen.queryByRole("button", { name: "Use a passkey" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Use a recovery code" }));
  await userEvent.type(screen.getByLabelText("Recovery code"), "abcd-efgh");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(queries.getQueryData(keys.me)).toBeTruthy());
  expect(sent.find(({ path }) => path.endsWith("/session"))?.body).toMatchObject({ stay: false });
  expect(sent.find(({ path }) => path.endsWith("/second-factor"))?.body).toEqual({
    method: "recovery_code",
    code: "abcd-efgh",
  });
});

it("begins again when the second step took too long, and says why", async () => {
  await renderPage(SignInPage, {
    answers: answers({
      "POST /api/v1/session": step(["totp"]),
      "POST /api/v1/session/second-factor": refusal(401, "sign_in_expired"),
    }),
  });
  await password();
  await userEvent.type(await screen.findByLabelText("Code of the app"), "123456");
  expect(await screen.findByText("That took too long. Start again.")).toBeTruthy();
  expect(screen.getByLabelText("Name")).toBeTruthy();
});

it("signs in with a passkey and without a name", async () => {
  const { sent, queries } = await renderPage(SignInPage, {
    answers: answers({ "POST /api/v1/session/passkey": someone }),
  });
  queries.removeQueries({ queryKey: keys.me });
  await userEvent.click(await screen.findByLabelText("Stay signed in on this device"));
  await userEvent.click(screen.getByRole("button", { name: "Continue with a passkey" }));
  await waitFor(() => expect(queries.getQueryData(keys.me)).toBeTruthy());
  expect(sent.find(({ path }) => path.endsWith("/session/passkey"))?.body).toEqual({
    credential: { signed: "c1" },
    stay: true,
  });
});

it("says how long to wait and lets nobody try before", async () => {
  await renderPage(SignInPage, {
    answers: answers({ "POST /api/v1/session": refusal(429, "too_many_requests", { "retry-after": "90" }) }),
  });
  await password();
  expect((await screen.findByRole("alert")).textContent).toBe("Too many attempts. Try again in 2 min.");
  expect((screen.getByRole("button", { name: "Sign in" }) as HTMLButtonElement).disabled).toBe(true);
});

it("shows the reason in the address, and no text that only the address knows", async () => {
  search = { problem: "session_reused" };
  const { unmount } = await renderPage(SignInPage, { answers: answers({}) });
  expect(await screen.findByText(/A copy of this session was used elsewhere/)).toBeTruthy();
  unmount();
  search = { problem: "call +1 555 now" };
  await renderPage(SignInPage, { answers: answers({}) });
  expect((await screen.findByRole("alert")).textContent).toBe(
    "Signing in did not work. Try again or choose another way.",
  );
});

it("offers every way after another service, which does not say which ones there are", async () => {
  search = { step: "second-factor" };
  await renderPage(SignInPage, { answers: answers({}) });
  expect(await screen.findByRole("button", { name: "Use the passkey" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Use the code of an app" })).toBeTruthy();
});
