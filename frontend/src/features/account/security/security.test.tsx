import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render";
import { RecoveryCodesSection } from "./recovery-codes";
import { TotpSection } from "./totp-section";

it("shows recovery codes once, after asking when older ones end with it", async () => {
  const codes = Array.from({ length: 10 }, (_, n) => `code-${n}`);
  await renderPage(() => <RecoveryCodesSection codes={{ left: 2, created: true }} hasFactor />, {
    answers: { "POST /api/v1/account/recovery-codes": { codes } },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Make new codes" }));
  expect(await screen.findByText(/The codes from before do not work any more/)).toBeTruthy();
  await userEvent.click(screen.getAllByRole("button", { name: "Make new codes" }).at(-1)!);
  expect(await screen.findByText("code-9")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Done" }));
  await waitFor(() => expect(screen.queryByText("code-9")).toBeNull());
});

it("shows the drawing of the code as an image, never as a part of the page", async () => {
  const qr = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  await renderPage(() => <TotpSection totp={null} />, {
    answers: { "POST /api/v1/account/totp": { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://x", qr } },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Set up an app" }));
  const image = await screen.findByRole("img", { name: "QR code for the authenticator app" });
  expect(image.getAttribute("src")).toMatch(/^data:image\/svg\+xml/);
  expect(document.querySelector("svg script")).toBeNull();
  expect(screen.getByText("JBSW Y3DP EHPK 3PXP")).toBeTruthy();
});
