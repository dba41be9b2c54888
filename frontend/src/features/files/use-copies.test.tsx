import { act, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Node } from "@/api/model";
import { Notices } from "@/components/notices";
import { closeNotice, useNotices, useUndo } from "@/lib/notices/notices";
import { renderPage } from "@/testing/render";
import { useCopies } from "./use-copies";
import { useFileChanges, type FileChanges } from "./use-file-changes";

const node = (id: string, name: string): Node => ({
  id,
  space_id: "s",
  parent_id: "f",
  kind: "file",
  name,
  size: 3,
  etag: "e",
  changed_at: "2026-11-20T12:00:00Z",
  changed_by: null,
  version: null,
  media_type: null,
  abilities: { write: true, delete: true, open_workspace: false },
});

interface Seen {
  copy?: ReturnType<typeof useCopies>;
  changes?: FileChanges;
  undo?: (() => void) | null;
}

async function page(answers: Record<string, unknown>) {
  const seen: Seen = {};
  function Page() {
    const notices = useNotices();
    Object.assign(seen, { copy: useCopies(), changes: useFileChanges("f"), undo: useUndo() });
    return (
      <>
        <Notices />
        <button onClick={() => notices.forEach((each) => closeNotice(each.id))}>forget</button>
      </>
    );
  }
  const rendered = await renderPage(Page, { answers });
  act(() => screen.getByText("forget").click());
  return { ...rendered, seen };
}

it("gives a copy beside the original the next free name", async () => {
  let tries = 0;
  const { seen, sent } = await page({
    "POST /api/v1/nodes/a/copies": () => {
      tries += 1;
      if (tries === 1)
        return Response.json({ error: { code: "name_taken", message: "Taken." } }, { status: 409 });
      return node("b", "a (3).txt");
    },
  });
  act(() => seen.copy?.([node("a", "a.txt")], { id: "f", name: "Soil" }));
  expect(await screen.findByText("“a (3).txt” is a copy in Soil.")).toBeTruthy();
  expect(sent.filter((each) => each.method === "POST").map((each) => each.body)).toEqual([
    { folder_id: "f", name: "a (2).txt" },
    { folder_id: "f", name: "a (3).txt" },
  ]);
});

it("keeps the name elsewhere, and undo puts the copy into the trash", async () => {
  const { seen, sent } = await page({
    "POST /api/v1/nodes/a/copies": node("b", "a.txt"),
    "DELETE /api/v1/nodes/b": new Response(null, { status: 204 }),
  });
  act(() => seen.copy?.([node("a", "a.txt")], { id: "other", name: "Other" }));
  await screen.findByText("“a.txt” is a copy in Other.");
  act(() => seen.undo?.());
  await waitFor(() =>
    expect(sent.filter((each) => each.method !== "GET").map((each) => [each.method, each.body])).toEqual([
      ["POST", { folder_id: "other" }],
      ["DELETE", null],
    ]),
  );
});

it("says which item was not copied, and why", async () => {
  const { seen } = await page({});
  act(() => seen.copy?.([node("a", "a.txt")], { id: "other", name: "Other" }));
  expect(await screen.findByText("“a.txt” was not copied: It is no longer there.")).toBeTruthy();
  expect(seen.undo).toBeNull();
});

it("takes a rename back", async () => {
  const names: string[] = ["b.txt", "a.txt"];
  const { seen, sent } = await page({ "PATCH /api/v1/nodes/a": () => node("a", names.shift() ?? "") });
  act(() => seen.changes?.rename(node("a", "a.txt"), "b.txt"));
  await screen.findByText("“a.txt” is now called “b.txt”.");
  act(() => seen.undo?.());
  await waitFor(() =>
    expect(sent.filter((each) => each.method === "PATCH").map((each) => each.body)).toEqual([
      { name: "b.txt" },
      { name: "a.txt" },
    ]),
  );
});
