import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { offlineProblem } from "@/api/problem";
import { renderPart } from "@/testing/render";
import { FolderContent } from "./folder-content";

const done = { isPending: false, isError: false, error: null, hasNextPage: false, refetch: vi.fn() };

function show(change: Partial<Parameters<typeof FolderContent>[0]>) {
  const onShowAll = vi.fn();
  renderPart(
    <FolderContent
      loading={done}
      loaded={3}
      shown={3}
      query=""
      onShowAll={onShowAll}
      emptyActs={<button type="button">Upload</button>}
      {...change}
    >
      <p>the list</p>
    </FolderContent>,
  );
  return onShowAll;
}
const list = () => screen.queryByText("the list");

it("shows the list", () => {
  show({});
  expect(list()).not.toBeNull();
});

it("keeps the list when only a later page failed", () => {
  show({ loading: { ...done, isError: true, error: offlineProblem() } });
  expect(list()).not.toBeNull();
});

it("says why a folder cannot be read, and tries again", async () => {
  const refetch = vi.fn();
  const loading = { ...done, isError: true, error: offlineProblem(), refetch };
  show({ loading, loaded: 0, shown: 0 });
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(refetch).toHaveBeenCalledOnce();
  expect(list()).toBeNull();
});

it("shows neither a list nor emptiness before anything is known", () => {
  show({ loading: { ...done, isPending: true }, loaded: 0, shown: 0 });
  expect([list(), screen.queryByRole("button")]).toEqual([null, null]);
});

it("offers what can be done in an empty folder", () => {
  show({ loaded: 0, shown: 0 });
  expect(screen.getByRole("button", { name: "Upload" })).not.toBeNull();
  expect(list()).toBeNull();
});

it("leads back from a filter that nothing passes", async () => {
  const onShowAll = show({ shown: 0, query: "soil" });
  await userEvent.click(screen.getByRole("button", { name: /3/ }));
  expect(onShowAll).toHaveBeenCalledOnce();
  expect(list()).toBeNull();
});

it("does not speak of an empty folder while there is more to load", () => {
  show({ loading: { ...done, hasNextPage: true }, shown: 0, query: "soil" });
  expect(list()).not.toBeNull();
});
