import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { UploadDoor } from "@/lib/upload-door";
import { renderPage } from "@/testing/render";
import { HomePage } from "./home-page";

const space = (size: number) => ({
  id: "s",
  kind: "personal",
  name: "mira",
  root_id: "r",
  role: "manager",
  size,
  abilities: { write: true },
});
const answers = (size: number) => ({
  "/api/v1/spaces": { items: [space(size)] },
  "/api/v1/workspaces": { items: [] },
  "/api/v1/system/health": { parts: [] },
});

it("begins with uploading when there is nothing yet", async () => {
  const upload = vi.fn();
  const { container } = await renderPage(
    () => (
      <UploadDoor value={upload}>
        <HomePage />
      </UploadDoor>
    ),
    { answers: answers(0) },
  );
  expect(await screen.findByText("There are no files yet")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Open files" })).toBeTruthy();
  const input = container.querySelector("input[type=file]")!;
  const files = [new File(["x"], "a.txt")];
  fireEvent.change(input, { target: { files } });
  await waitFor(() => expect(upload).toHaveBeenCalledExactlyOnceWith("r", files));
});

it("says nothing of the kind when there are files", async () => {
  await renderPage(HomePage, { answers: answers(3) });
  await screen.findByText("Personal");
  expect(screen.queryByText("There are no files yet")).toBeNull();
});
