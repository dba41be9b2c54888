import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Notices } from "@/components/notices";
import { renderPage } from "@/testing/render";
import { InterruptedUploads } from "./interrupted";
import { UploadProvider } from "./upload-context";

const upload = { id: "u1", filename: "film.mp4", folder_id: "f", length: 40, offset: 10, expires_at: "x" };
const others = [
  { ...upload, id: "part", filename: null, folder_id: null },
  { ...upload, id: "begun", filename: "begun.bin", offset: 0 },
];
const Page = () => (
  <UploadProvider>
    <InterruptedUploads stillMs={20} />
    <Notices />
  </UploadProvider>
);

it("names what was interrupted, and takes only the same file", async () => {
  const { sent } = await renderPage(Page, { answers: { "/api/v1/uploads": { items: [upload, ...others] } } });
  expect(await screen.findByText("film.mp4")).toBeTruthy();
  expect(screen.getByText("10 B of 40 B")).toBeTruthy();
  expect(screen.queryByText("begun.bin")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Choose the file again" }));
  await userEvent.upload(screen.getByTestId("again-input"), new File(["short"], "other.mp4"));
  expect(
    await screen.findByText("“other.mp4” is another file: the one that was being sent has 40 B."),
  ).toBeTruthy();
  expect(sent.some((each) => each.method === "PUT")).toBe(false);
});

it("leaves alone what another page is still sending", async () => {
  let offset = 10;
  const { asked } = await renderPage(Page, {
    answers: { "/api/v1/uploads": () => ({ items: [{ ...upload, offset: (offset += 5) }] }) },
  });
  await waitFor(() => expect(asked.filter((path) => path === "/api/v1/uploads")).toHaveLength(2));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(screen.queryByText("film.mp4")).toBeNull();
});

it("discards what is not wanted any more", async () => {
  const { sent } = await renderPage(Page, {
    answers: {
      "/api/v1/uploads": { items: [upload] },
      "DELETE /api/v1/uploads/u1": () => new Response(null, { status: 204 }),
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Discard" }));
  await waitFor(() => expect(screen.queryByText("film.mp4")).toBeNull());
  expect(sent.map((each) => each.method)).toContain("DELETE");
});
