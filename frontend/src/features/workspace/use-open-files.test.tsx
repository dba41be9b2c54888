import { EditorView } from "@codemirror/view";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useCallback, useState, useSyncExternalStore } from "react";
import { beforeEach, expect, it } from "vitest";
import { offlineProblem } from "@/api/problem";
import { Notices } from "@/components/notices";
import { renderPart } from "@/testing/render";
import { DocumentStore } from "./editor/document-store";
import { EditorPane } from "./editor/editor-pane";
import { useOpenFiles } from "./use-open-files";
import type { ChangeSearch, WorkspaceSearch } from "./workspace-search";

const disk = new Map<string, string>();
let away = false;
let store: DocumentStore;

beforeEach(() => {
  disk.clear();
  disk.set("src/a.txt", "one").set("b.txt", "other");
  away = false;
  store = new DocumentStore(
    {
      read: async (path) => ({
        bytes: new TextEncoder().encode(disk.get(path)),
        sha256: disk.get(path) ?? "",
      }),
      write: async (path, text) => {
        if (away) throw offlineProblem();
        disk.set(path, text);
        return text;
      },
    },
    [],
  );
});

function Page() {
  const [search, set] = useState<WorkspaceSearch>({ tabs: ["src/a.txt", "b.txt"], file: "src/a.txt" });
  const setSearch = useCallback<ChangeSearch>(
    (change) => set((now) => ({ ...now, ...(typeof change === "function" ? change(now) : change) })),
    [],
  );
  const views = new Map(
    useSyncExternalStore(store.subscribe, store.read).map((view) => [view.path, view] as const),
  );
  const files = useOpenFiles(search, setSearch, store, views, true);
  return (
    <>
      <EditorPane
        documents={store}
        folderId={null}
        views={views}
        paths={files.paths}
        current={files.current}
        onChoose={files.choose}
        onClose={files.close}
        onDiscard={files.discard}
        onCursor={() => undefined}
      />
      <Notices />
    </>
  );
}

/** The page with unsaved text in the file in front. */
async function renderEdited() {
  const { container } = renderPart(<Page />);
  const element = await waitFor(() => {
    const found = container.querySelector<HTMLElement>(".cm-editor");
    if (!found) throw new Error("no editor yet");
    return found;
  });
  EditorView.findFromDOM(element)!.dispatch({ changes: { from: 3, insert: " two" } });
}
const tabs = () => screen.queryAllByRole("tab").map((tab) => tab.textContent);
const closeFirst = () => userEvent.click(screen.getByRole("button", { name: "Close a.txt" }));

it("saves a file that is closed, and its tab goes", async () => {
  await renderEdited();
  await closeFirst();
  await waitFor(() => expect(tabs()).toEqual(["b.txt"]));
  expect(disk.get("src/a.txt")).toBe("one two");
});

it("keeps the tab of a file that cannot be saved, says why, and lets it go only on purpose", async () => {
  await renderEdited();
  away = true;
  await closeFirst();
  expect((await screen.findByRole("alert")).textContent).toContain("Not saved: No answer came.");
  expect(tabs()).toEqual(["a.txt, could not be saved", "b.txt"]);

  await userEvent.click(screen.getByRole("button", { name: "Close without saving" }));
  await waitFor(() => expect(tabs()).toEqual(["b.txt"]));
  expect([disk.get("src/a.txt"), store.anyDirty]).toEqual(["one", false]);
});

it("says so when a file behind another one stays open", async () => {
  await renderEdited();
  away = true;
  await userEvent.click(screen.getByRole("tab", { name: "b.txt" }));
  await closeFirst();
  await screen.findByText(/^a.txt is not saved and stays open: No answer came./);
  expect(tabs()).toEqual(["a.txt, could not be saved", "b.txt"]);
  expect(screen.getByRole("tab", { selected: true }).textContent).toBe("b.txt");
});
