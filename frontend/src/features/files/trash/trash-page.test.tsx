import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from "@tanstack/react-router";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { ApiClient } from "@/api/client";
import { ApiProvider } from "@/api/context";
import { Notices } from "@/components/notices";
import { renderPart } from "@/testing/render";
import { TrashPage } from "./trash-page";
import { trashSearch } from "./trash-search";

const space = {
  id: "s",
  kind: "personal",
  name: "mira",
  root_id: "r",
  role: "manager",
  size: 1,
  abilities: { write: true },
};
const node = (id: string, name: string) => ({
  id,
  space_id: "s",
  parent_id: "f",
  kind: "file",
  name,
  size: 3,
  etag: "e",
  changed_at: "2026-11-20T12:00:00Z",
  abilities: { write: true, delete: true, open_workspace: false },
});
const trashed = (id: string, name: string, from: string) => ({
  node: node(id, name),
  trashed_at: "2026-11-21T12:00:00Z",
  trashed_by: { id: "u", display_name: "Mira" },
  from,
  purge_at: "2026-12-21T12:00:00Z",
});

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(40);
});

type Answers = Record<string, (body: string) => Response | object>;

async function open(items: object[], answers: Answers = {}) {
  const sent: string[] = [];
  const api = new ApiClient({
    onSignedOut: () => undefined,
    fetch: async (input, init) => {
      const request =
        input instanceof Request ? input : new Request(new URL(String(input), "http://127.0.0.1"), init);
      const { pathname } = new URL(request.url);
      const body = await request.text();
      if (request.method !== "GET") sent.push(`${request.method} ${pathname} ${body}`.trim());
      const answer =
        answers[`${request.method} ${pathname}`]?.(body) ??
        {
          "/api/v1/spaces": { items: [space] },
          "/api/v1/spaces/s/trash": { items, next: null },
          "/api/v1/nodes/r/children": { items: [], next: null },
        }[pathname];
      if (answer instanceof Response) return answer;
      return answer
        ? Response.json(answer)
        : Response.json({ error: { code: "not_found", message: "Nothing." } }, { status: 404 });
    },
  });
  const root = createRootRoute();
  const shell = createRoute({ getParentRoute: () => root, id: "shell" });
  const page = createRoute({
    getParentRoute: () => shell,
    path: "/trash",
    validateSearch: trashSearch,
    component: TrashPage,
  });
  const router = createRouter({
    routeTree: root.addChildren([shell.addChildren([page])]),
    history: createMemoryHistory({ initialEntries: ["/trash"] }),
  });
  renderPart(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ApiProvider value={api}>
        <RouterProvider router={router as never} />
        <Notices />
      </ApiProvider>
    </QueryClientProvider>,
  );
  await act(() => router.load());
  return sent;
}
const refusal = (code: string) =>
  Response.json({ error: { code, message: `It is ${code}.` } }, { status: 409 });
const row = (name: string) => screen.getByTitle(name).closest<HTMLElement>("[role=row]")!;

it("says where each item was, and brings one back", async () => {
  const sent = await open([trashed("a", "a.txt", "Soil/cores"), trashed("b", "b.txt", "")], {
    "POST /api/v1/nodes/a/restore": () => node("a", "a.txt"),
  });
  await screen.findByTitle("a.txt");
  expect(within(row("a.txt")).getByTitle("Soil/cores")).toBeTruthy();
  expect(within(row("b.txt")).getByTitle("Personal")).toBeTruthy();
  await userEvent.click(row("a.txt"));
  await userEvent.click(screen.getByRole("button", { name: "Restore" }));
  expect(await screen.findByText("“a.txt” is back.")).toBeTruthy();
  expect(screen.queryByTitle("a.txt")).toBeNull();
  expect(sent).toEqual(["POST /api/v1/nodes/a/restore"]);
});

it("asks for another place when the old one is gone", async () => {
  const sent = await open([trashed("a", "a.txt", "Soil")], {
    "POST /api/v1/nodes/a/restore": (body) =>
      body === "" ? refusal("folder_gone") : { ...node("a", "a.txt"), parent_id: "r" },
  });
  await userEvent.click(await screen.findByTitle("a.txt"));
  await userEvent.click(screen.getByRole("button", { name: "Restore" }));
  const dialog = await screen.findByRole("dialog", { name: "Where should “a.txt” be restored to?" });
  await userEvent.click(await within(dialog).findByTitle("Personal"));
  await userEvent.click(within(dialog).getByRole("button", { name: "Restore to Personal" }));
  await waitFor(() =>
    expect(sent).toEqual(["POST /api/v1/nodes/a/restore", 'POST /api/v1/nodes/a/restore {"folder_id":"r"}']),
  );
});

it("offers another name when the old one is taken", async () => {
  const sent = await open([trashed("a", "a.txt", "Soil")], {
    "POST /api/v1/nodes/a/restore": (body) => (body === "" ? refusal("name_taken") : node("a", "a (2).txt")),
  });
  await userEvent.click(await screen.findByTitle("a.txt"));
  await userEvent.click(screen.getByRole("button", { name: "Restore" }));
  await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
  expect(screen.getByLabelText<HTMLInputElement>("New name").value).toBe("a (2).txt");
  await userEvent.type(screen.getByLabelText("New name"), "{Enter}");
  await waitFor(() => expect(sent.at(-1)).toBe('POST /api/v1/nodes/a/restore {"name":"a (2).txt"}'));
});

it("names what is deleted for good before it is", async () => {
  const sent = await open([trashed("a", "a.txt", "")], {
    "DELETE /api/v1/spaces/s/trash/a": () => new Response(null, { status: 204 }),
  });
  await userEvent.click(await screen.findByTitle("a.txt"));
  await userEvent.click(screen.getByRole("button", { name: "Delete for good" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete “a.txt” for good?" });
  expect(sent).toEqual([]);
  await userEvent.click(within(dialog).getByRole("button", { name: "Delete for good" }));
  expect(await screen.findByText("The trash is empty")).toBeTruthy();
  expect(sent).toEqual(["DELETE /api/v1/spaces/s/trash/a"]);
});

it("empties the trash in steps until nothing is left", async () => {
  const left = [2, 1, 0];
  const sent = await open([trashed("a", "a.txt", "")], {
    "DELETE /api/v1/spaces/s/trash": () => ({ purged: left.shift() ?? 0 }),
  });
  await screen.findByTitle("a.txt");
  await userEvent.click(screen.getByRole("button", { name: "Empty the trash" }));
  const dialog = await screen.findByRole("dialog", { name: "Empty the trash of Personal?" });
  await userEvent.click(within(dialog).getByRole("button", { name: "Empty the trash" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent).toHaveLength(3);
});

it("has nothing to empty when it is empty", async () => {
  await open([]);
  expect(await screen.findByText("The trash is empty")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Empty the trash" }).getAttribute("aria-disabled")).toBe("true");
});
