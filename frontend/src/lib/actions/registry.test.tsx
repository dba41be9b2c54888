import { Modal } from "@mantine/core";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useMemo } from "react";
import { expect, it, vi } from "vitest";
import { ActionButton } from "@/components/button";
import { renderPart } from "@/testing/render";
import type { Action } from "./action";
import { useRegisterActions } from "./registry";

function Page(props: { actions: Action[] }) {
  useRegisterActions(useMemo(() => props.actions, [props.actions]));
  return (
    <>
      {props.actions.map((action) => (
        <ActionButton key={action.id} action={action} />
      ))}
      <input aria-label="field" />
    </>
  );
}

it("runs an action by its button and by its shortcut, but not while typing", async () => {
  const run = vi.fn();
  renderPart(<Page actions={[{ id: "a", label: "Rename", group: "g", shortcut: "R", run }]} />);
  await userEvent.click(screen.getByRole("button", { name: "Rename" }));
  await userEvent.keyboard("r");
  expect(run).toHaveBeenCalledTimes(2);
  await userEvent.type(screen.getByLabelText("field"), "r");
  expect(run).toHaveBeenCalledTimes(2);
});

it("does not run a disabled action and says why", async () => {
  const run = vi.fn();
  renderPart(
    <Page
      actions={[{ id: "a", label: "Delete", group: "g", shortcut: "D", disabledReason: "Reading only", run }]}
    />,
  );
  const button = screen.getByRole("button", { name: "Delete" });
  expect(button.getAttribute("aria-disabled")).toBe("true");
  await userEvent.click(button);
  await userEvent.keyboard("d");
  expect(run).not.toHaveBeenCalled();
  await userEvent.hover(button);
  expect(await screen.findByText("Reading only")).toBeTruthy();
});

it("leaves keys alone that are pressed in a dialog", async () => {
  const run = vi.fn();
  const actions: Action[] = [{ id: "a", label: "Up", group: "g", shortcut: "U", run }];
  renderPart(
    <>
      <Page actions={actions} />
      <Modal opened onClose={() => undefined} title="Dialog">
        <button type="button">inside</button>
      </Modal>
    </>,
  );
  (await screen.findByRole("button", { name: "inside" })).focus();
  await userEvent.keyboard("u");
  expect(run).not.toHaveBeenCalled();
});
