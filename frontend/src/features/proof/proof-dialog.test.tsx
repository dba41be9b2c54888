import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useApi } from "@/api/context";
import { asProblem, type Problem } from "@/api/problem";
import { askForProof } from "@/lib/session/proof-door";
import { renderPage } from "@/testing/render";
import { ProofDoor } from "./proof-dialog";

const refusal = (code: string) =>
  Response.json({ error: { code, message: code, request_id: "r" } }, { status: 403 });
const security = (passkeys: { id: string }[], totp: boolean) => ({
  passkeys,
  totp: totp ? { created_at: "2026-11-01T00:00:00Z" } : null,
});

async function page(
  kind: "elevation" | "confirmation",
  factors: unknown,
  more: Record<string, unknown> = {},
) {
  let proved = false;
  const done = vi.fn();
  const failed = vi.fn<(problem: Problem) => void>();
  function Page() {
    const api = useApi();
    const ask = () =>
      void api.http
        .POST("/api/v1/account/totp")
        .then(done)
        .catch((error: unknown) => failed(asProblem(error)));
    return (
      <>
        <button type="button" onClick={() => [ask(), ask()]}>
          Do it
        </button>
        <ProofDoor />
      </>
    );
  }
  const rendered = await renderPage(Page, {
    client: { onProofNeeded: (problem) => askForProof(kind, problem) },
    answers: {
      "POST /api/v1/account/totp": () => (proved ? { ok: true } : refusal(`${kind}_required`)),
      "/api/v1/account/security": factors,
      "POST /api/v1/session/elevation": () => {
        proved = true;
        return { elevated_until: "2026-11-21T12:15:00Z" };
      },
      "POST /api/v1/session/confirmation": () => {
        proved = true;
        return { confirmed_until: "2026-11-21T12:15:00Z" };
      },
      ...more,
    },
  });
  await userEvent.click(screen.getByRole("button", { name: "Do it" }));
  await screen.findByRole("dialog", { name: "Confirm that it is you" });
  return { ...rendered, done, failed };
}

it("asks once for a code and repeats every request that waited for it", async () => {
  const { done, sent } = await page("elevation", security([], true));
  await userEvent.type(await screen.findByLabelText("Code of the app"), "123456");
  await waitFor(() => expect(done).toHaveBeenCalledTimes(2));
  expect(sent.filter(({ path }) => path.endsWith("/elevation")).map(({ body }) => body)).toEqual([
    { method: "totp", code: "123456" },
  ]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("takes the password only from who has no second factor", async () => {
  const { done, sent } = await page("confirmation", security([], false));
  await userEvent.type(await screen.findByLabelText("Password", { selector: "input" }), "words");
  await userEvent.click(screen.getByRole("button", { name: "Confirm" }));
  await waitFor(() => expect(done).toHaveBeenCalledTimes(2));
  expect(sent.find(({ path }) => path.endsWith("/confirmation"))?.body).toEqual({ password: "words" });
});

it("sends to account security who has nothing to prove with", async () => {
  const { failed } = await page("elevation", security([], false));
  await userEvent.click(await screen.findByRole("button", { name: "To account security" }));
  await waitFor(() => expect(failed).toHaveBeenCalledTimes(2));
});

it("gives the refusal back when the person closes it", async () => {
  const { failed } = await page("elevation", security([], true));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(failed).toHaveBeenCalledTimes(2));
  expect(failed.mock.calls[0]?.[0].code).toBe("elevation_required");
});

it("keeps a code that was used before, selected, and says how long the next one takes", async () => {
  const { done } = await page("elevation", security([], true), {
    "POST /api/v1/session/elevation": refusal("code_used"),
  });
  const field = await screen.findByLabelText<HTMLInputElement>("Code of the app");
  await userEvent.type(field, "123456");
  expect(
    await screen.findByText("This code has been used. Wait for the next one: at most 30 seconds."),
  ).toBeTruthy();
  expect(field.value).toBe("123456");
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, 6]);
  expect(done).not.toHaveBeenCalled();
});
