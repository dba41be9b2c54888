import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { Problem, offlineProblem } from "@/api/problem";
import { renderPart } from "@/testing/render";
import { ErrorState } from "./states";

it("says what failed, gives the request id and tries again", async () => {
  const onRetry = vi.fn();
  const error = new Problem({ code: "internal", message: "secret detail", status: 500, requestId: "req-7" });
  renderPart(<ErrorState error={error} onRetry={onRetry} />);
  expect(screen.getByRole("alert").textContent).toContain("Request req-7");
  expect(screen.getByRole("alert").textContent).not.toContain("secret detail");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(onRetry).toHaveBeenCalledOnce();
});

it("shows what is not there and what may not be seen in the same way", () => {
  renderPart(<ErrorState error={new Problem({ code: "not_found", message: "", status: 404 })} />);
  expect(screen.getByText("There is nothing here")).toBeTruthy();
});

it("speaks German", () => {
  renderPart(<ErrorState error={offlineProblem()} />, "de");
  expect(screen.getByText("Der Server ist nicht erreichbar")).toBeTruthy();
});
