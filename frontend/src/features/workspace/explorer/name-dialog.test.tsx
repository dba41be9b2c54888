import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderPart } from "@/testing/render";
import { NameDialog } from "./name-dialog";

it("says why a path cannot be used, and nothing while it is still being typed", async () => {
  const onSubmit = vi.fn().mockResolvedValue(undefined);
  renderPart(
    <NameDialog
      title="Rename"
      hint=""
      submit="Rename"
      initial="a.txt"
      onSubmit={onSubmit}
      onClose={vi.fn()}
    />,
  );
  const field = await screen.findByLabelText("Name");
  await userEvent.clear(field);
  await userEvent.type(field, "sub/../b.txt");
  expect(screen.getByText(/cannot be in a path/)).toBeTruthy();
  await userEvent.clear(field);
  await userEvent.type(field, "sub/");
  expect(document.querySelector("[class*=error]")?.textContent ?? "").toBe("");
  await userEvent.type(field, "b.txt{Enter}");
  expect(onSubmit).toHaveBeenCalledExactlyOnceWith("sub/b.txt");
});
