import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import { WorkspacesPage } from "./workspaces-page";

const workspace = {
  id: "w",
  name: "Soil",
  folder_id: "f",
  space_id: "s",
  state: "stopped",
  cause: "requested",
  started_at: null,
  created_at: "2026-11-20T12:00:00Z",
  abilities: { open: true, delete: true },
};
const list = (...items: unknown[]) => ({ "/api/v1/workspaces": { items } });

it("says that there is nothing for somebody who may not use workspaces, and asks the server nothing", async () => {
  const { container, asked } = await renderPage(WorkspacesPage, { me: { use_workspaces: false } });
  expect(screen.getByText("There is nothing here")).toBeTruthy();
  expect(container.querySelector("[aria-busy]")).toBeNull();
  expect(asked).toEqual([]);
});

it("says why a workspace is not running, unless somebody wanted it so", async () => {
  await renderPage(WorkspacesPage, {
    answers: list(workspace, {
      ...workspace,
      id: "v",
      name: "Old",
      state: "stopped",
      cause: "out_of_memory",
    }),
  });
  expect(await screen.findByText("Soil")).toBeTruthy();
  expect(screen.getByText(/used more memory than it may/)).toBeTruthy();
  expect(screen.queryByText(/requested|out_of_memory/)).toBeNull();
});
