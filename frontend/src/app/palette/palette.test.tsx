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
