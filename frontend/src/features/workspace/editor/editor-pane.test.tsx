import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import { renderPage } from "@/testing/render";
import { EditorPane } from "./editor-pane";
import type { DocumentView } from "./document";
import type { DocumentStore } from "./document-store";

vi.mock("./code-editor", () => ({ CodeEditor: () => <p>the text</p> }));

function show(view: Partial<DocumentView>) {
  const whole: DocumentView = {
    path: "data/big.txt",
    status: "ready",
    dirty: false,
    saving: false,
    deleted: false,
    conflict: false,
    problem: null,
    language: null,
    ...view,
  };
  return renderPage(() => (
    <EditorPane
      documents={{} as DocumentStore}
      folderId="f"
      views={new Map([[whole.path, whole]])}
      paths={[whole.path]}
      current={whole.path}
      onChoose={() => undefined}
      onClose={() => undefined}
      onDiscard={() => undefined}
      onCursor={() => undefined}
    />
  ));
}
const tooLarge = new Problem({ code: "file_too_large", message: "", status: 413 });

it("says above the text that the file was deleted", async () => {
  await show({ deleted: true });
  expect(screen.getByRole("status").textContent).toMatch(/^This file was deleted/);
  expect(screen.getByText("the text")).toBeTruthy();
});

it("leads to Files when a file is too large, and offers no second try that cannot help", async () => {
  await show({ status: "failed", problem: tooLarge });
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  expect(screen.getByRole("link", { name: "Show in Files" }).getAttribute("href")).toBe("/files/f?q=data");
});

it("does not lead to Files for what lies in the sandbox only", async () => {
  await show({ path: "node_modules/a.js", status: "failed", problem: tooLarge });
  expect(screen.queryByRole("link")).toBeNull();
});
