import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import { JoinPage } from "./join-page";

it("names roles and the end of the link as the rest of the product does", async () => {
  window.location.hash = "#token";
  await renderPage(JoinPage, {
    language: "de",
    answers: {
      "/api/v1/invitations/look": {
        invited_by: "Mira Keller",
        note: "",
        roles: ["member", "Labor Süd"],
        expires_at: new Date(2026, 10, 28, 9, 5).toISOString(),
      },
    },
  });
  expect(await screen.findByText(/Mitglied und Labor Süd/)).toBeTruthy();
  expect(screen.getByText(/28\.11\.2026, 09:05/)).toBeTruthy();
});
