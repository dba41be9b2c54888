import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import { AdminSpacesPage } from "./spaces-page";

const gib = 1024 ** 3;
const answers = {
  "/api/v1/admin/spaces": {
    items: [
      {
        id: "p",
        kind: "personal",
        name: "mira",
        owner: { id: "u", name: "mira", display_name: "Mira Keller" },
        used: 5 * gib,
        quota: null,
      },
      { id: "t", kind: "team", name: "Survey", owner: null, used: 2 * gib, quota: 10 * gib },
    ],
    next: null,
    default_quota: 50 * gib,
  },
  "PUT /api/v1/admin/spaces/t/quota": new Response(null, { status: 204 }),
};

it("shows how full each space is, and changes its room", async () => {
  const { sent } = await renderPage(AdminSpacesPage, { me: { server_settings: true }, answers });
  expect(await screen.findByText("5 GiB of 50 GiB")).toBeTruthy();
  expect(screen.getByText("2 GiB of 10 GiB")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Change the room of Survey" }));
  const dialog = await screen.findByRole("dialog", { name: "Room of Survey" });
  const field = within(dialog).getByLabelText<HTMLInputElement>("Room in GiB");
  expect(field.value).toBe("10");
  await userEvent.clear(field);
  await userEvent.type(field, "1");
  expect(within(dialog).getByText(/Less than is used now/)).toBeTruthy();
  await userEvent.clear(field);
  await userEvent.type(field, "20{Enter}");
  await waitFor(() => expect(sent.find((each) => each.method === "PUT")?.body).toEqual({ quota: 20 * gib }));
});

it("asks nothing for who has no right to it", async () => {
  const { asked } = await renderPage(AdminSpacesPage, { answers });
  expect(await screen.findByText("There is nothing here")).toBeTruthy();
  expect(asked).toEqual([]);
});
