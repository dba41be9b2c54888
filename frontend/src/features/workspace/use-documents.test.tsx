import { EditorView } from "@codemirror/view";
import { renderHook, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { ApiClient } from "@/api/client";
import { Problem } from "@/api/problem";
import { I18nProvider } from "@/lib/i18n/i18n";
import { Ide } from "./api/ide";
import type { ConnectionState } from "./connection/workspace-connection";
import { useDocuments } from "./use-documents";

/** Does the browser ask before it closes the page? */
function asksBeforeClosing(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

it("lets the browser ask before the page is closed as long as the text of a closed file is not saved", async () => {
  let busy = true;
  const api = new ApiClient({ onSignedOut: () => undefined });
  const ide = new Ide(api, "/ide/v1/workspaces/w", async () => undefined);
  vi.spyOn(ide, "send").mockImplementation(async (_path, _query, init) => {
    if (init?.method !== "PUT") return new Response("one", { headers: { etag: '"1"' } });
    if (busy) throw new Problem({ code: "workspace_not_ready", message: "", status: 409 });
    return Response.json({ sha256: "2", size: 7 });
  });
  const state: ConnectionState = {
    link: { phase: "open" },
    session: null,
    ide,
    sandbox: null,
    sync: null,
    usage: null,
    cpus: null,
  };
  const connection = { read: () => state, onEvent: () => () => undefined };
  const { result } = renderHook(() => useDocuments(connection, state, false), {
    wrapper: ({ children }) => <I18nProvider language="en">{children}</I18nProvider>,
  });
  const { documents } = result.current;
  documents.open("a.txt");
  await waitFor(() => expect(documents.stateOf("a.txt")).not.toBeNull());
  expect(asksBeforeClosing()).toBe(false);

  const editor: EditorView = new EditorView({
    state: documents.stateOf("a.txt")!,
    dispatchTransactions: (transactions, view) => {
      view.update(transactions);
      documents.updated(view, transactions);
    },
  });
  documents.attach("a.txt", editor);
  editor.dispatch({ changes: { from: 3, insert: " two" } });
  expect(await documents.close("a.txt")).toBe(false);
  expect(asksBeforeClosing()).toBe(true);

  busy = false;
  expect(await documents.close("a.txt")).toBe(true);
  expect(asksBeforeClosing()).toBe(false);
});
