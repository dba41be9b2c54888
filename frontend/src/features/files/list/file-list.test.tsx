import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Node } from "@/api/model";
import { renderPart } from "@/testing/render";
import { FileList } from "./file-list";
import type { ItemFailure, RowEvents } from "./file-row";
import { orderOf } from "./order";
import { nothing } from "./selection";

const node: Node = {
  id: "n",
  space_id: "s",
  parent_id: "f",
  kind: "file",
  name: "blob.bin",
  size: 3,
  etag: "e",
  changed_at: "2026-11-20T12:00:00Z",
  changed_by: null,
  version: null,
  media_type: null,
  abilities: { write: true, delete: true, open_workspace: false },
};
const events: RowEvents = {
  onClick: vi.fn(),
  onOpen: vi.fn(),
  onToggle: vi.fn(),
  onMenu: vi.fn(),
  onRenamed: vi.fn(),
  onDismissFailure: vi.fn(),
};

beforeEach(() => {
  vi.mocked(events.onRenamed).mockReset();
  // Only rows in sight are drawn: the list needs a height.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(40);
});

function show(options: { name?: string; renaming?: boolean; failure?: ItemFailure } = {}) {
  const items = [{ ...node, name: options.name ?? node.name }];
  renderPart(
    <FileList
      label="Folder"
      items={items}
      order={orderOf(items)}
      more={false}
      onMore={vi.fn()}
      selection={nothing}
      onSelection={vi.fn()}
      cut={new Set()}
      renaming={options.renaming ? node.id : null}
      failures={new Map(options.failure ? [[node.id, options.failure]] : [])}
      events={events}
      onOpen={vi.fn()}
      onUp={vi.fn()}
      onEscape={vi.fn()}
      onMenuOfFolder={vi.fn()}
      focusRef={{ current: null }}
    />,
  );
}
const field = () => screen.getByLabelText<HTMLInputElement>("New name");

it("opens the field with the refused name when it is tried again", async () => {
  show({ failure: { text: "This name is taken here.", typed: "other.bin" } });
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(field().value).toBe("other.bin");
  expect(events.onRenamed).not.toHaveBeenCalled();
  await userEvent.clear(field());
  await userEvent.type(field(), "third.bin{Enter}");
  expect(events.onRenamed).toHaveBeenCalledExactlyOnceWith("n", "third.bin");
});

it.each([
  ["   ", "A name is needed."],
  ["a/b", "A name cannot have a “/” in it."],
  ["..", "“.” and “..” are not names."],
  ["ä".repeat(128), "This name is too long: at most 255 bytes."],
])("keeps the field open for %j and says why", async (typed, sentence) => {
  show({ renaming: true });
  await userEvent.clear(field());
  await userEvent.type(field(), `${typed}{Enter}`);
  expect(screen.getByRole("alert").textContent).toBe(sentence);
  expect(events.onRenamed).not.toHaveBeenCalled();
  await userEvent.clear(field());
  await userEvent.type(field(), "fine.bin{Enter}");
  expect(events.onRenamed).toHaveBeenCalledExactlyOnceWith("n", "fine.bin");
});

it("gives up on Escape", async () => {
  show({ renaming: true });
  await userEvent.type(field(), "{Escape}");
  expect(events.onRenamed).toHaveBeenCalledExactlyOnceWith("n", null);
});

it("keeps a name with a line break in its line", () => {
  show({ name: "two\nlines.txt" });
  expect(screen.getByTitle("two\\nlines.txt").textContent).toBe("two\\nlines.txt");
});
