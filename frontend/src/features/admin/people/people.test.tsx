import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderPage } from "@/testing/render";
import type { AdminUser } from "../api/model";
import { PeoplePage } from "./people-page";
import { UserPanel } from "./user-panel";

vi.mock("@tanstack/react-router", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  useSearch: () => ({}),
  useNavigate: () => () => undefined,
}));

const can = { edit: true, deactivate: true, activate: false, delete: true, reset: true };
const jonas: AdminUser = {
  id: "j",
  kind: "person",
  name: "jonas",
  display_name: "Jonas Reuter",
  email: null,
  state: "active",
  roles: [{ id: "m", code: "member", name: "Member", expires_at: null }],
  groups: [],
  created_at: "2026-11-01T00:00:00Z",
  last_seen_at: null,
  second_factor: "none",
  abilities: can,
};
const role = (id: string, code: string, grant: boolean) => ({
  id,
  code,
  name: code,
  description: "",
  permissions: [],
  second_factor: "any",
  grace_hours: 72,
  members: 1,
  abilities: { edit: false, delete: false, set_policy: true, grant },
});
const answers = (user: AdminUser, more: Record<string, unknown> = {}) => ({
  "/api/v1/admin/users/j": user,
  "/api/v1/admin/roles": { items: [role("a", "administrator", false), role("m", "member", true)] },
  ...more,
});
const panel = () => <UserPanel id="j" onClose={() => undefined} />;

it("asks the server for nobody without the right to it", async () => {
  const { asked } = await renderPage(PeoplePage);
  expect(await screen.findByText("There is nothing here")).toBeTruthy();
  expect(asked).toEqual([]);
});

it("lets only those roles be given that the person holds, and says why", async () => {
  const { sent } = await renderPage(panel, {
    answers: answers(jonas, { "PATCH /api/v1/admin/users/j": jonas }),
  });
  const administrator = await screen.findByLabelText<HTMLInputElement>("Administrator");
  expect(administrator.disabled).toBe(true);
  expect(screen.getByText("Only roles that allow no more than your own can be given")).toBeTruthy();
  await userEvent.click(screen.getByLabelText("Member"));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent.find(({ method }) => method === "PATCH")?.body).toEqual({ role_ids: [] }));
});

it("does not offer what the server would refuse", async () => {
  const none = { edit: false, deactivate: false, activate: false, delete: false, reset: false };
  await renderPage(panel, { answers: answers({ ...jonas, abilities: none }) });
  const remove = await screen.findByRole("button", { name: "Delete" });
  expect(remove.getAttribute("aria-disabled")).toBe("true");
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
});

it("shows the link for a new password once", async () => {
  const link = "http://127.0.0.1/reset#once";
  await renderPage(panel, {
    answers: answers(jonas, {
      "POST /api/v1/admin/users/j/password-reset": { link, expires_at: "2026-11-22T00:00:00Z" },
    }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Link for a new password" }));
  const question = await screen.findByRole("dialog", { name: "Make a link for a new password?" });
  await userEvent.click(within(question).getByRole("button", { name: "Link for a new password" }));
  expect(await screen.findByText(link)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Done" }));
  await waitFor(() => expect(screen.queryByText(link)).toBeNull());
});

it("deletes only with somebody who gets the files", async () => {
  const mira = { ...jonas, id: "m1", name: "mira", display_name: "Mira Keller" };
  const { sent } = await renderPage(panel, {
    answers: answers(jonas, {
      "/api/v1/admin/users": { items: [jonas, mira], next: null },
      "DELETE /api/v1/admin/users/j": () => new Response(null, { status: 204 }),
    }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
  const question = await screen.findByRole("dialog", { name: "Delete Jonas Reuter?" });
  const go = within(question).getByRole<HTMLButtonElement>("button", { name: "Delete" });
  await userEvent.click(go);
  expect((await within(question).findByRole("alert")).textContent).toBe("Choose somebody.");
  expect(sent.some(({ method }) => method === "DELETE")).toBe(false);
  expect(within(question).queryByRole("button", { name: /Jonas/ })).toBeNull();
  await userEvent.click(await within(question).findByRole("button", { name: /Mira Keller/ }));
  await userEvent.click(go);
  await waitFor(() =>
    expect(sent.find(({ method }) => method === "DELETE")?.body).toEqual({ transfer_to: "m1" }),
  );
});
