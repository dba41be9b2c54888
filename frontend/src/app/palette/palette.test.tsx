import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useMemo } from "react";
import { expect, it, vi } from "vitest";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { renderPart } from "@/testing/render";
import { Palette } from "./palette";

const run = { upload: vi.fn(), rename: vi.fn() };
function Page(props: { onClose: () => void }) {
  const actions = useMemo<Action[]>(
    () => [
      { id: "upload", label: "Upload", group: "Here", run: run.upload },
      { id: "rename", label: "Rename", group: "Here", disabledReason: "Select one", run: run.rename },
      { id: "hidden", label: "Upload hidden", group: "Here", local: true, run: run.rename },
    ],
    [],
  );
  useRegisterActions(actions);
  return <Palette onClose={props.onClose} />;
}

function Scattered() {
  const actions = useMemo<Action[]>(
    () =>
      ["Spaces", "Here", "Go to", "Everywhere", "Here", "Go to", "Look"].map((group, index) => ({
        id: String(index),
        label: `${group} ${index}`,
        group,
        run: () => undefined,
      })),
    [],
  );
  useRegisterActions(actions);
  return <Palette onClose={() => undefined} />;
}

it("begins with what can be done here, then where to go, and ends with the look", () => {
  renderPart(<Scattered />);
  expect(screen.getAllByRole("option").map((each) => each.textContent)).toEqual([
    "Here 1",
    "Here 4",
    "Go to 2",
    "Go to 5",
    "Spaces 0",
    "Everywhere 3",
    "Look 6",
  ]);
  expect(screen.getAllByRole("option")[0]?.getAttribute("aria-selected")).toBe("true");
});

it("finds an action by a few letters and runs it after closing", async () => {
  const onClose = vi.fn();
  renderPart(<Page onClose={onClose} />);
  await userEvent.type(screen.getByRole("combobox"), "upl");
  expect(screen.getAllByRole("option")).toHaveLength(1);
  await userEvent.keyboard("{Enter}");
  expect(onClose).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(run.upload).toHaveBeenCalledOnce());
});

it("shows why something cannot be done, and does not do it", async () => {
  renderPart(<Page onClose={() => undefined} />);
  await userEvent.type(screen.getByRole("combobox"), "rename{Enter}");
  expect(screen.getByText("Select one")).toBeTruthy();
  expect(run.rename).not.toHaveBeenCalled();
});
