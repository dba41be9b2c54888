import { act, screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Node } from "@/api/model";
import { renderPage } from "@/testing/render";
import { useFileChanges, type FileChanges } from "./use-file-changes";

const node = { id: "n", name: "blob.bin", parent_id: "f" } as Node;

it("keeps the name that the server refused, to be mended instead of sent again", async () => {
  const seen: { changes?: FileChanges } = {};
  function Page() {
    const changes = useFileChanges("f");
    seen.changes = changes;
    return <p>{[...changes.failures.values()].map((failure) => failure.text)}</p>;
  }
  const { asked } = await renderPage(Page);
  act(() => seen.changes?.rename(node, "other.bin"));
  await waitFor(() => expect(screen.getByText("It is no longer there.")).toBeTruthy());
  expect(seen.changes?.failures.get("n")).toEqual({ text: "It is no longer there.", typed: "other.bin" });
  expect(asked).toEqual(["/api/v1/nodes/n"]);
});
