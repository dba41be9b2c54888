import { expect, it, vi } from "vitest";
import { allPages } from "./all-pages";

it("reads page after page until there is none", async () => {
  const read = vi.fn((after: string | null) =>
    Promise.resolve(after === null ? { items: [1, 2], next: "2" } : { items: [3], next: null }),
  );
  expect(await allPages(read)).toEqual({ items: [1, 2, 3] });
  expect(read.mock.calls).toEqual([[null], ["2"]]);
});

it("ends even when the server does not", async () => {
  const { items } = await allPages(() => Promise.resolve({ items: ["x"], next: "again" }));
  expect(items).toHaveLength(20);
});
