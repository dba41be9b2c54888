import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import {
  Outlet,
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  type AnyRouter,
} from "@tanstack/react-router";
import { EditorView } from "@codemirror/view";
import { useSyncExternalStore } from "react";
import { expect, it } from "vitest";
import { offlineProblem } from "@/api/problem";
import { renderPart } from "@/testing/render";
import { DocumentStore } from "./editor/document-store";
import { LeaveGuard } from "./leave-guard";

/** A workspace with unsaved text, whose sandbox can be away. */
async function renderEdited(link: { away: boolean }) {
  const disk = { text: "one" };
  const store = new DocumentStore(
    {
      read: async () => ({ bytes: new TextEncoder().encode(disk.text), sha256: disk.text }),
      write: async (_path, text) => {
        if (link.away) throw offlineProblem();
        disk.text = text;
        return text;
      },
    },
    [],
  );
  store.open("a.txt");
  await waitFor(() => expect(store.stateOf("a.txt")).not.toBeNull());
  const editor: EditorView = new EditorView({
    state: store.stateOf("a.txt")!,
    dispatchTransactions: (transactions, view) => {
      view.update(transactions);
      store.updated(view, transactions);
    },
  });
  store.attach("a.txt", editor);
  editor.dispatch({ changes: { from: 3, insert: " two" } });

  function Workspace() {
    const views = useSyncExternalStore(store.subscribe, store.read);
    return <LeaveGuard documents={store} views={new Map(views.map((view) => [view.path, view]))} />;
  }
  const root = createRootRoute({ component: Outlet });
  const router: AnyRouter = createRouter({
    routeTree: root.addChildren([
      createRoute({ getParentRoute: () => root, path: "/workspaces/w", component: Workspace }),
      createRoute({ getParentRoute: () => root, path: "/files", component: () => "the files" }),
    ]),
    history: createMemoryHistory({ initialEntries: ["/workspaces/w"] }),
  });
  renderPart(<RouterProvider router={router} />);
  await waitFor(() => expect(router.state.status).toBe("idle"));
  return { router, disk };
}

it("saves before the page is left", async () => {
  const { router, disk } = await renderEdited({ away: false });
  void router.navigate({ to: "/files" });
  await screen.findByText("the files");
  expect(disk.text).toBe("one two");
});

it("asks before unsaved text is left, and stays or goes as asked", async () => {
  const link = { away: true };
  const { router, disk } = await renderEdited(link);
  void router.navigate({ to: "/files" });
  await screen.findByText(/^a.txt could not be saved./);
  await userEvent.click(screen.getByRole("button", { name: "Stay" }));
  await waitFor(() => expect(screen.queryByText(/^a.txt could not be saved./)).toBeNull());
  expect(router.latestLocation.pathname).toBe("/workspaces/w");

  void router.navigate({ to: "/files" });
  await userEvent.click(await screen.findByRole("button", { name: "Leave without saving" }));
  await screen.findByText("the files");
  expect(disk.text).toBe("one");
});

it("does not ask about a change of the address within the workspace", async () => {
  const { router } = await renderEdited({ away: true });
  router.history.push("/workspaces/w?file=b.txt");
  await waitFor(() => expect(router.latestLocation.search).toEqual({ file: "b.txt" }));
  expect(screen.queryByRole("dialog")).toBeNull();
});
