import { createEvent, fireEvent, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { Node } from "@/api/model";
import { renderPart } from "@/testing/render";
import { useNodeDrag } from "./use-node-drag";

const node = (id: string, write = true) =>
  ({ id, parent_id: "here", kind: "file", name: id, abilities: { write } }) as Node;
const a = node("a");
const b = node("b");
const fixed = node("fixed", false);
const onMove = vi.fn();
const onCopy = vi.fn();

function Page() {
  const items = [a, b, fixed];
  const start = useNodeDrag({
    items,
    at: (id) => items.findIndex((each) => each.id === id),
    selected: [a, b],
    onMove,
    onCopy,
  });
  return (
    <>
      {items.map((each) => (
        <div key={each.id} draggable onDragStart={(event) => start(each.id, event)}>
          {each.id}
        </div>
      ))}
      <div data-kind="folder" data-node="sub">
        <span title="Sub">Sub</span>
      </div>
      <span data-folder="here" data-folder-name="Here">
        Here
      </span>
    </>
  );
}
const dataTransfer = () => ({ setData: vi.fn(), setDragImage: vi.fn(), effectAllowed: "", dropEffect: "" });
function drag(from: string, to: string, ctrlKey = false) {
  fireEvent.dragStart(screen.getByText(from), { dataTransfer: dataTransfer() });
  for (const kind of ["dragOver", "drop"] as const) {
    const event = createEvent[kind](screen.getByText(to), { dataTransfer: dataTransfer() });
    Object.defineProperty(event, "ctrlKey", { value: ctrlKey });
    fireEvent(screen.getByText(to), event);
  }
}

it("moves what is selected onto a folder, and copies it with Ctrl", () => {
  onMove.mockReset();
  onCopy.mockReset();
  renderPart(<Page />);
  drag("a", "Sub");
  expect(onMove).toHaveBeenCalledExactlyOnceWith([a, b], { id: "sub", name: "Sub" });
  drag("a", "Here", true);
  expect(onCopy).toHaveBeenCalledExactlyOnceWith([a, b], { id: "here", name: "Here" });
});

it("neither moves into the folder where it is nor what may not be moved", () => {
  onMove.mockReset();
  renderPart(<Page />);
  drag("b", "Here");
  drag("fixed", "Sub");
  expect(onMove).not.toHaveBeenCalled();
  expect(document.querySelector("[data-drop]")).toBeNull();
});
