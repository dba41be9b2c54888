import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import { DevicesPage } from "./devices-page";

it("says that the question failed, and asks again", async () => {
  let works = false;
  await renderPage(DevicesPage, {
    answers: {
      "/api/v1/account/sessions": () =>
        works
          ? { items: [] }
          : Response.json({ error: { code: "internal", message: "", request_id: "r7" } }, { status: 500 }),
    },
  });
  expect(await screen.findByText("This did not work")).toBeTruthy();
  expect(screen.getByText("Request r7")).toBeTruthy();
  works = true;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("list", { name: "Devices" })).toBeTruthy();
});
