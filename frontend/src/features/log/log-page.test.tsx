import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { renderPage } from "@/testing/render";
import { LogPage } from "./log-page";

vi.mock("@tanstack/react-router", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  useSearch: () => ({}),
  useNavigate: () => () => undefined,
}));

it("says once that the server failed, though two questions met it", async () => {
  const broken = Response.json({ error: { code: "internal", message: "Broken." } }, { status: 500 });
  const { asked } = await renderPage(LogPage, {
    answers: { "/api/v1/audit/head": broken, "/api/v1/audit/entries": broken },
  });
  expect(await screen.findByRole("alert")).toBeTruthy();
  expect(asked).toEqual(expect.arrayContaining(["/api/v1/audit/head", "/api/v1/audit/entries"]));
  expect(screen.getAllByText(/The server failed at this/)).toHaveLength(1);
});
