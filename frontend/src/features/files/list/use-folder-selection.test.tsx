import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  useNavigate,
  type AnyRouter,
} from "@tanstack/react-router";
import { expect, it } from "vitest";
import type { Node } from "@/api/model";
import { renderPart } from "@/testing/render";
import { useFolderSelection } from "./use-folder-selection";

const items = [{ id: "a" }, { id: "b" }] as Node[];

function Folder() {
  const navigate = useNavigate();
  const { setSelection } = useFolderSelection("top", items, undefined);
  return (
    <>
      <button onClick={() => setSelection({ active: "a", anchor: "a", selected: new Set(["a"]) })}>
        select
      </button>
      <button onClick={() => void navigate({ to: "/workspaces/w" as "/" })}>leave</button>
    </>
  );
}

/** A folder's page, and one that arrives only when `arrive` is called, as code does that the browser still fetches. */
function renderFolder() {
  let arrive: () => void = () => undefined;
  const code = new Promise<{ Slow: () => string }>((resolve) => {
    arrive = () => resolve({ Slow: () => "the workspace" });
  });
  const root = createRootRoute();
  const router: AnyRouter = createRouter({
    routeTree: root.addChildren([
      createRoute({ getParentRoute: () => root, path: "/files/$nodeId", component: Folder }),
      createRoute({
        getParentRoute: () => root,
        path: "/workspaces/$id",
        component: lazyRouteComponent(() => code, "Slow"),
      }),
    ]),
    history: createMemoryHistory({ initialEntries: ["/files/top"] }),
  });
  renderPart(<RouterProvider router={router} />);
  return { router, arrive };
}

const beyondPause = () => act(() => new Promise((resolve) => setTimeout(resolve, 400)));

it("keeps the item in hand in the address", async () => {
  const { router } = renderFolder();
  await userEvent.click(await screen.findByRole("button", { name: "select" }));
  await beyondPause();
  expect(router.latestLocation.href).toBe("/files/top?item=a");
});

it("does not call back somebody who is on the way to another page", async () => {
  const { router, arrive } = renderFolder();
  await userEvent.click(await screen.findByRole("button", { name: "select" }));
  await userEvent.click(screen.getByRole("button", { name: "leave" }));
  await beyondPause();
  expect(router.latestLocation.pathname).toBe("/workspaces/w");
  arrive();
  expect(await screen.findByText("the workspace")).toBeTruthy();
});
