import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import { WorkspacesPage } from "./workspaces-page";

it("says that there is nothing for somebody who may not use workspaces, and asks the server nothing", async () => {
  const { container, asked } = await renderPage(WorkspacesPage, { me: { use_workspaces: false } });
  expect(screen.getByText("There is nothing here")).toBeTruthy();
  expect(container.querySelector("[aria-busy]")).toBeNull();
  expect(asked).toEqual([]);
});
