import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Node } from "@/api/model";
import { renderPage } from "@/testing/render";
import { Versions } from "./versions";

const node: Node = {
  id: "n",
  space_id: "s",
  parent_id: "f",
  kind: "file",
  name: "notes.md",
  size: 3,
  etag: "e",
  changed_at: "2026-11-20T12:00:00Z",
  changed_by: null,
  version: { id: "v3", number: 3, sha256: "00" },
  media_type: null,
  abilities: { write: true, delete: true, open_workspace: false },
};
const version = (number: number, more: object = {}) => ({
  id: `v${number}`,
  number,
  size: 3,
  sha256: "00",
  origin: "upload",
  label: null,
  created_at: "2026-11-20T12:00:00Z",
  created_by: null,
  current: number === 3,
  abilities: { restore: true, delete: true, label: true },
  ...more,
});
const path = "/api/v1/nodes/n/versions";

function show(answers: Record<string, unknown> = {}, items = [version(3), version(2), version(1)]) {
  return renderPage(() => <Versions node={node} />, {
    answers: { [path]: { items, next: null }, ...answers },
  });
}
async function choose(number: number, what: string) {
  await userEvent.click(await screen.findByRole("button", { name: `Actions for version ${number}` }));
  await userEvent.click(await screen.findByRole("menuitem", { name: new RegExp(what) }));
}

it("makes an old version the current one", async () => {
  const { sent } = await show({ [`POST ${path}/v1/restore`]: node });
  await choose(1, "Make this the current version");
  await waitFor(() => expect(sent.some((each) => each.path === `${path}/v1/restore`)).toBe(true));
  // The list is read again: it has one more.
  await waitFor(() => expect(sent.filter((each) => each.path === path).length).toBe(2));
});

it("names a version and takes the name away", async () => {
  const done = new Response(null, { status: 204 });
  const named = version(2, { label: "As sent" });
  const { sent } = await show({ [`PATCH ${path}/v1`]: done, [`PATCH ${path}/v2`]: done }, [
    version(3),
    named,
    version(1),
  ]);
  expect(await screen.findByText("As sent")).toBeTruthy();
  await choose(1, "Give it a name");
  await userEvent.type(await screen.findByLabelText("Name of the version"), "Draft");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await choose(2, "Remove its name");
  const bodies = () => sent.filter((each) => each.method === "PATCH").map((each) => each.body);
  await waitFor(() => expect(bodies()).toEqual([{ label: "Draft" }, { label: null }]));
});

it("deletes a version only after it was named in a question", async () => {
  const { sent } = await show({ [`DELETE ${path}/v2`]: new Response(null, { status: 204 }) });
  await choose(2, "Delete for good");
  const dialog = await screen.findByRole("dialog", { name: "Delete version 2 of “notes.md” for good?" });
  expect(sent.some((each) => each.method === "DELETE")).toBe(false);
  await userEvent.click(within(dialog).getByRole("button", { name: "Delete for good" }));
  await waitFor(() => expect(sent.some((each) => each.method === "DELETE")).toBe(true));
});

it("says what it cannot do, and why", async () => {
  await show({}, [version(3), version(2, { abilities: { restore: false, delete: false, label: false } })]);
  await choose(2, "Make this the current version");
  expect(screen.getAllByText("Your role here allows reading only").length).toBe(3);
});

it("marks what lost a race", async () => {
  await show({}, [version(3), version(2, { origin: "conflict" })]);
  expect(await screen.findByText("conflict")).toBeTruthy();
});

it("shows what a refused change was refused for", async () => {
  await show();
  await choose(1, "Make this the current version");
  expect((await screen.findByRole("alert")).textContent).toBe("It is no longer there.");
});

it.each([
  [["one\n", "two\n"], null],
  [["same\n", "same\n"], "The two have the same text."],
  [["\0\u0001", "two\n"], "One of the two is not text: they cannot be compared here."],
])("compares %j", async ([before, after], sentence) => {
  await show({
    [`${path}/v1/content`]: new Response(before),
    [`${path}/v3/content`]: new Response(after),
  });
  await choose(1, "Compare with the current version");
  const dialog = await screen.findByRole("dialog", { name: "Changes of “notes.md”" });
  if (sentence) expect(await within(dialog).findByText(sentence)).toBeTruthy();
  else await waitFor(() => expect(dialog.querySelectorAll(".cm-content").length).toBe(2));
});
