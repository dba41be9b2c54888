import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef, useState } from "react";
import { expect, it } from "vitest";
import { renderPart } from "@/testing/render";
import { Dialog } from "./dialog";

function Page(props: { toList: boolean }) {
  const [open, setOpen] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        New folder
      </button>
      <div ref={list} role="grid" tabIndex={0} aria-label="list" />
      {open ? (
        <Dialog
          title="New folder"
          onClose={() => setOpen(false)}
          {...(props.toList ? { returnTo: list } : {})}
        >
          <button type="button" onClick={() => setOpen(false)}>
            Make
          </button>
        </Dialog>
      ) : null}
    </>
  );
}

it("gives the focus back at once to what had it", async () => {
  renderPart(<Page toList={false} />);
  const opener = screen.getByRole("button", { name: "New folder" });
  await userEvent.click(opener);
  await userEvent.click(await screen.findByRole("button", { name: "Make" }));
  expect(document.activeElement).toBe(opener);
});

it("gives the focus to the list where the page asks for that", async () => {
  renderPart(<Page toList />);
  await userEvent.click(screen.getByRole("button", { name: "New folder" }));
  await userEvent.click(await screen.findByRole("button", { name: "Make" }));
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});
