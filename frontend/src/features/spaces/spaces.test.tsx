import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Space } from "@/api/model";
import { renderPage } from "@/testing/render";
import { Members } from "./members";
import { NewSpaceDialog } from "./new-space-dialog";
import { SpaceForm } from "./space-form";
import { SpacePanel } from "./space-panel";

const space: Space = {
  id: "s",
  kind: "team",
  name: "Survey",
  description: "",
  root_id: "r",
  role: "manager",
  size: 10,
  used: 20,
  quota: null,
  archived_at: null,
  member_count: 2,
  keep_versions: null,
  keep_trash_days: 30,
  abilities: { write: true, add: true, manage: true, archive: true },
};
const member = (kind: string, id: string, name: string, role: string, change = true) => ({
  kind,
  id,
  name,
  display_name: null,
  role,
  abilities: { change, remove: change },
});
const members = {
  items: [member("user", "u", "mira", "manager", false), member("group", "g", "Lab", "viewer")],
};
const done = new Response(null, { status: 204 });
const writes = (sent: { method: string; path: string; body: unknown }[]) =>
  sent.filter((each) => each.method !== "GET").map(({ method, path, body }) => [method, path, body]);

it("gives a member another role and takes one out", async () => {
  const { sent } = await renderPage(() => <Members space={space} />, {
    answers: {
      "/api/v1/spaces/s/members": members,
      "PUT /api/v1/spaces/s/members/groups/g": done,
      "DELETE /api/v1/spaces/s/members/groups/g": done,
    },
  });
  await userEvent.selectOptions(await screen.findByLabelText("Role of Lab"), "editor");
  await userEvent.click(screen.getByRole("button", { name: /Lab/ }));
  await waitFor(() =>
    expect(writes(sent)).toEqual([
      ["PUT", "/api/v1/spaces/s/members/groups/g", { role: "editor" }],
      ["DELETE", "/api/v1/spaces/s/members/groups/g", null],
    ]),
  );
  // One's own role is not offered for change.
  expect(screen.queryByLabelText("Role of mira")).toBeNull();
});

it("finds people by two letters and adds the chosen one", async () => {
  const { sent, asked } = await renderPage(() => <Members space={space} />, {
    answers: {
      "/api/v1/spaces/s/members": members,
      "/api/v1/people": {
        items: [
          { kind: "group", id: "g", name: "Lab" },
          { kind: "user", id: "a", name: "ada", display_name: "Ada" },
        ],
      },
      "PUT /api/v1/spaces/s/members/users/a": done,
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Add somebody" }));
  const dialog = await screen.findByRole("dialog");
  const send = within(dialog).getByRole("button", { name: "Add somebody" });
  await userEvent.click(send);
  expect(within(dialog).getByText("Choose somebody.")).toBeTruthy();
  await userEvent.type(within(dialog).getByRole("searchbox"), "ad");
  await userEvent.click(await within(dialog).findByRole("button", { name: /Ada/ }));
  // Who belongs to the space already is not offered.
  expect(within(dialog).queryByRole("button", { name: /Lab/ })).toBeNull();
  await userEvent.selectOptions(within(dialog).getByLabelText("Role"), "uploader");
  await userEvent.click(send);
  await waitFor(() =>
    expect(writes(sent)).toEqual([["PUT", "/api/v1/spaces/s/members/users/a", { role: "uploader" }]]),
  );
  expect(asked.filter((path) => path === "/api/v1/people")).toHaveLength(1);
});

it("sends only what was changed, and an emptied number as none", async () => {
  const { sent } = await renderPage(() => <SpaceForm space={space} />, {
    answers: { "PATCH /api/v1/spaces/s": space },
  });
  await userEvent.type(await screen.findByLabelText("Name"), " 2026");
  await userEvent.clear(screen.getByLabelText("Days in the trash"));
  await userEvent.type(screen.getByLabelText("Versions of a file"), "x");
  expect(screen.getByText("A whole number, or nothing.")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(writes(sent)).toEqual([]);
  await userEvent.clear(screen.getByLabelText("Versions of a file"));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(writes(sent)).toEqual([
      ["PATCH", "/api/v1/spaces/s", { name: "Survey 2026", keep_trash_days: null }],
    ]),
  );
});

it("makes a space and opens what was made", async () => {
  const made: Space[] = [];
  const { sent } = await renderPage(
    () => <NewSpaceDialog onClose={() => undefined} onMade={(each) => made.push(each)} />,
    { answers: { "POST /api/v1/spaces": space } },
  );
  await userEvent.click(await screen.findByRole("button", { name: "Make space" }));
  expect(screen.getByText("A name is needed.")).toBeTruthy();
  await userEvent.type(screen.getByLabelText("Name"), "Survey");
  await userEvent.click(screen.getByRole("button", { name: "Make space" }));
  await waitFor(() => expect(made.map((each) => each.id)).toEqual(["s"]));
  expect(writes(sent)).toEqual([["POST", "/api/v1/spaces", { name: "Survey", description: "" }]]);
});

it("asks before it archives, and offers nothing of the kind to those who do not manage", async () => {
  const answers = {
    "/api/v1/spaces/s/members": members,
    "POST /api/v1/spaces/s/archive": done,
  };
  const { sent, unmount } = await renderPage(() => <SpacePanel space={space} onClose={() => undefined} />, {
    answers,
  });
  await userEvent.click(await screen.findByRole("button", { name: "Archive" }));
  const dialog = await screen.findByRole("dialog", { name: "Archive Survey?" });
  expect(writes(sent)).toEqual([]);
  await userEvent.click(within(dialog).getByRole("button", { name: "Archive" }));
  await waitFor(() => expect(writes(sent)).toEqual([["POST", "/api/v1/spaces/s/archive", null]]));
  unmount();
  const viewer = {
    ...space,
    role: "viewer",
    abilities: { write: false, add: false, manage: false, archive: false },
  };
  await renderPage(() => <SpacePanel space={viewer} onClose={() => undefined} />, { answers });
  expect(await screen.findByText("Lab")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Archive" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Add somebody" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
});

it("says that a space needs a manager when the last one would go", async () => {
  await renderPage(() => <Members space={space} />, {
    answers: {
      "/api/v1/spaces/s/members": { items: [member("user", "u", "mira", "manager")] },
      "DELETE /api/v1/spaces/s/members/users/u": Response.json(
        { error: { code: "last_manager", message: "A space needs a manager." } },
        { status: 409 },
      ),
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: /mira/ }));
  expect((await screen.findByRole("alert")).textContent).not.toBe("");
  expect(screen.getByLabelText("Role of mira")).toBeTruthy();
});
