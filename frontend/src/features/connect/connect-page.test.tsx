import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import { Connect } from "./connect-page";

const program = {
  client: "Nextcloud für Linux",
  address: "192.0.2.7",
  asked_at: new Date(2026, 10, 21, 9, 5).toISOString(),
  expires_at: new Date(2026, 10, 21, 9, 25).toISOString(),
};

it("says what asks and from where before anything is let in", async () => {
  await renderPage(() => <Connect token="secret" />, {
    answers: { "/api/v1/account/programs/secret": program },
  });
  expect(await screen.findByText("Nextcloud für Linux")).toBeTruthy();
  expect(screen.getByText(/192\.0\.2\.7/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Let it in" })).toBeTruthy();
  expect(screen.queryByText("The program is in")).toBeNull();
});
