import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { useOpenBranches } from "./open-branches";

it("opens and closes branches one by one, and opens many", () => {
  const { result } = renderHook(() => useOpenBranches(() => ["a"]));
  const first = result.current.open;
  act(() => result.current.toggle("b", true));
  expect([...result.current.open]).toEqual(["a", "b"]);
  act(() => result.current.toggle("a", false));
  act(() => result.current.reveal(["b", "c"]));
  expect([...result.current.open]).toEqual(["b", "c"]);
  expect([...first]).toEqual(["a"]);
});
