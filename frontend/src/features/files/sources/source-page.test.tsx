import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { renderPage } from "@/testing/render";
import { FavouritesPage, RecentsPage } from "./source-page";

const node = {
  id: "n",
  space_id: "s",
  parent_id: "f",
  kind: "file",
  name: "notes.md",
  size: 3,
  etag: "e",
  changed_at: "2026-11-20T12:00:00Z",
  abilities: { write: true, delete: true, open_workspace: false },
};
const space = {
  id: "s",
  kind: "team",
  name: "Survey",
  root_id: "r",
  role: "editor",
  size: 1,
  abilities: { write: true },
};

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(40);
});

it("lists favourites with their space, and lets go of one", async () => {
  const items = [node];
  const { sent } = await renderPage(FavouritesPage, {
    answers: {
      "/api/v1/spaces": { items: [space] },
      "/api/v1/favourites": () => ({ items: [...items], next: null }),
      "DELETE /api/v1/nodes/n/favourite": () => {
        items.pop();
        return new Response(null, { status: 204 });
      },
    },
  });
  const row = (await screen.findByTitle("notes.md")).closest<HTMLElement>("[role=row]")!;
  expect(await within(row).findByTitle("Survey")).toBeTruthy();
  await userEvent.click(within(row).getByRole("button", { name: "Actions for notes.md" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Take from favourites" }));
  expect(await screen.findByText("Nothing is marked as a favourite")).toBeTruthy();
  await waitFor(() => expect(sent.some((each) => each.method === "DELETE")).toBe(true));
});

it("lists what was used last, and says so when nothing was", async () => {
  const { unmount } = await renderPage(RecentsPage, {
    answers: {
      "/api/v1/spaces": { items: [space] },
      "/api/v1/recents": { items: [{ node, at: node.changed_at }] },
    },
  });
  expect(await screen.findByTitle("notes.md")).toBeTruthy();
  unmount();
  await renderPage(RecentsPage, { answers: { "/api/v1/recents": { items: [] } } });
  expect(await screen.findByText("Nothing was used yet")).toBeTruthy();
});

it("says why it cannot be read", async () => {
  await renderPage(RecentsPage);
  expect(await screen.findByText("There is nothing here")).toBeTruthy();
});
