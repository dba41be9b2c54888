import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import { SetupPage } from "./setup-page";

it("shows a password that is too short as an error once it was tried", async () => {
  window.location.hash = `#${"t".repeat(32)}`;
  await renderPage(SetupPage, { answers: { "/api/v1/setup": { open: true } } });
  await userEvent.type(await screen.findByLabelText("Full name"), "Mira Keller");
  await userEvent.type(screen.getByLabelText("Name for signing in"), "mira");
  const field = screen.getByLabelText("Password", { selector: "input" });
  await userEvent.type(field, "short");
  expect(field.getAttribute("aria-invalid")).not.toBe("true");
  await userEvent.click(screen.getByRole("button", { name: "Make the account" }));
  expect(screen.getByLabelText("Password", { selector: "input" }).getAttribute("aria-invalid")).toBe("true");
  expect(screen.getAllByText("10 more characters")).toHaveLength(1);
});
