import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useImperativeHandle, type Ref } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import type { Ide } from "../api/ide";
import { renderPart } from "@/testing/render";
import { TerminalPanel } from "./terminal-panel";

const { focused } = vi.hoisted(() => ({ focused: vi.fn() }));
// xterm.js measures the screen, which there is none of here.
vi.mock("./terminal-view", () => ({
  TerminalView: (props: { id: string; handle: Ref<unknown> }) => {
    useImperativeHandle(props.handle, () => ({ focus: () => focused(props.id), type: () => undefined }));
    return null;
  },
}));
beforeEach(() => focused.mockReset());

function show(count: number, options: { current?: string; takesFocus?: boolean } = {}) {
  const items = Array.from({ length: count }, (_, n) => ({
    id: `t${n}`,
    title: `bash ${n}`,
    cols: 80,
    rows: 24,
    exit_code: null,
  }));
  const read = vi.fn().mockResolvedValue({ items });
  renderPart(
    <TerminalPanel
      ide={{ base: "/ide", read } as unknown as Ide}
      ready
      canWrite
      current={options.current ?? null}
      onCurrent={() => undefined}
      onHide={() => undefined}
      takesFocus={() => options.takesFocus ?? false}
    />,
  );
  return read;
}

it("opens no more than the server connects, and says why", async () => {
  const read = show(16);
  await screen.findByRole("tab", { name: "bash 15" });
  const more = screen.getByRole("button", { name: "New terminal" });
  expect(more.getAttribute("aria-disabled")).toBe("true");
  await userEvent.hover(more);
  expect(await screen.findByText(/There are 16 terminals: close one first/)).toBeTruthy();
  await userEvent.click(more);
  expect(read).toHaveBeenCalledOnce();
});

it("brings the tab in use into sight", async () => {
  const scrolled = vi.spyOn(Element.prototype, "scrollIntoView");
  show(12, { current: "t9" });
  await screen.findByRole("tab", { name: "bash 9" });
  await waitFor(() => expect(scrolled).toHaveBeenCalled());
  expect((scrolled.mock.contexts.at(-1) as Element).textContent).toContain("bash 9");
});

it("gives the focus to the terminal when the panel was asked for, not when the page opens", async () => {
  show(2, { current: "t1", takesFocus: true });
  await waitFor(() => expect(focused).toHaveBeenCalledExactlyOnceWith("t1"));
});
it("leaves the focus alone when the page opens", async () => {
  show(2);
  await screen.findByRole("tab", { name: "bash 0" });
  expect(focused).not.toHaveBeenCalled();
});
