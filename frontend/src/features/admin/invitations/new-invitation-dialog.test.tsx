import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import { NewInvitationDialog } from "./new-invitation-dialog";

const role = (id: string, code: string, grant: boolean) => ({
  id,
  code,
  name: code,
  description: "",
  permissions: [],
  second_factor: "any",
  grace_hours: 72,
  members: 1,
  abilities: { edit: false, delete: false, set_policy: false, grant },
});
const refusal = (status: number, code: string, field?: string) =>
  Response.json({ error: { code, message: `${code} said`, field, request_id: "r" } }, { status });
const page = (answers: Record<string, unknown>) =>
  renderPage(() => <NewInvitationDialog onClose={() => undefined} />, { answers });
const invite = () => userEvent.click(screen.getByRole("button", { name: "Invite" }));
const path = "/api/v1/admin/invitations";

it("offers the roles that can be given, and says when none was chosen", async () => {
  const { sent } = await page({
    "/api/v1/admin/roles": { items: [role("a", "administrator", false), role("m", "member", true)] },
  });
  expect(await screen.findByLabelText("Member")).toBeTruthy();
  expect(screen.queryByLabelText("Administrator")).toBeNull();
  await invite();
  expect((await screen.findByRole("alert")).textContent).toBe("Choose at least one.");
  expect(sent.some(({ method }) => method === "POST")).toBe(false);
});

it.each([403, 404])("invites without roles where the server shows none (%d)", async (status) => {
  const { sent } = await page({ "/api/v1/admin/roles": refusal(status, "not_found") });
  await waitFor(() => expect(screen.queryByRole("group", { name: "Roles" })).toBeNull());
  expect(screen.queryByText("It is no longer there.")).toBeNull();
  await invite();
  await waitFor(() =>
    expect(sent.find(({ method }) => method === "POST")?.body).toEqual({ role_ids: [], days: 7 }),
  );
});

it("shows at a field what the server says about it", async () => {
  await page({
    "/api/v1/admin/roles": { items: [role("m", "member", true)] },
    [`POST ${path}`]: refusal(422, "field_invalid", "note"),
  });
  await userEvent.click(await screen.findByLabelText("Member"));
  await invite();
  const note = await screen.findByLabelText("Note");
  await waitFor(() => expect(note.getAttribute("aria-invalid")).toBe("true"));
  expect(within(screen.getByRole("dialog")).getByText("A text has up to 500 characters.")).toBeTruthy();
});
