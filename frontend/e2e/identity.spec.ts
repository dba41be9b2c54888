import { expect, test, type Page } from "@playwright/test";
import { administrator } from "./support/test";
import type { Program } from "./support/program";
import {
  addAuthenticator,
  administer,
  dialog,
  enterCode,
  enterPassword,
  places,
  signIn,
  signOut,
  startWithAdministrator,
} from "./support/identity";
import { App } from "./support/totp";

// One program and its people for all of these: each test goes on from where the one before ended.
test.describe.configure({ mode: "serial", timeout: 120_000 });

let program: Program;
/** The administrator's authenticator app, once it is set up. */
let app: App;
let codes: string[] = [];
const guest = { name: "jonas", display_name: "Jonas Reuter", password: "rain on a tin roof at night" };

test.beforeAll(async () => {
  program = await startWithAdministrator();
});
test.afterAll(() => program.stop());

const passkeys = (page: Page) => page.getByRole("list", { name: "Passkeys" });

test("an authenticator app is the second step after the password", async ({ page }) => {
  await signIn(page, program.origin, administrator);
  await page.goto(`${program.origin}/account/security`);
  await page.getByRole("button", { name: "Set up an app" }).click();
  const setUp = dialog(page, "Set up an authenticator app");
  await expect(setUp.getByRole("img", { name: "QR code for the authenticator app" })).toBeVisible();
  app = new App(await setUp.locator("code").innerText());
  await enterCode(page, app);
  await setUp.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByText("An app is set up")).toBeVisible();

  await page.getByRole("button", { name: "Make recovery codes" }).click();
  const shown = dialog(page, "Recovery codes");
  await expect(shown.getByRole("listitem")).toHaveCount(10);
  codes = await shown.getByRole("listitem").allInnerTexts();
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("10 codes are left.")).toBeVisible();

  await signOut(page, administrator.display_name);
  await enterPassword(page, program.origin, administrator);
  await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
  await page.getByLabel("Code of the app").fill("000000");
  await expect(page.getByRole("alert")).toBeVisible();
  await enterCode(page, app);
  await expect(places(page)).toBeVisible();
});

test("a passkey signs in without a password, until it is removed", async ({ page, context }) => {
  await addAuthenticator(context, page);
  await signIn(page, program.origin, administrator, app);
  await page.goto(`${program.origin}/account/security`);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const naming = dialog(page, "A name for this passkey");
  await naming.getByLabel("Name of the passkey").fill("Desk");
  await naming.getByRole("button", { name: "Add a passkey" }).click();
  await expect(naming).toHaveCount(0);
  await expect(passkeys(page).getByText("Desk")).toBeVisible();
  await expect(page.getByRole("heading", { name: "A passkey protects this account." })).toBeVisible();

  await signOut(page, administrator.display_name);
  await page.getByRole("button", { name: "Continue with a passkey" }).click();
  await expect(places(page)).toBeVisible();

  await page.goto(`${program.origin}/account/security`);
  await page.getByRole("button", { name: "More for Desk" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await dialog(page, "Remove the passkey Desk?").getByRole("button", { name: "Remove the passkey" }).click();
  await expect(passkeys(page)).toHaveCount(0);

  await signOut(page, administrator.display_name);
  await page.getByRole("button", { name: "Continue with a passkey" }).click();
  await expect(page.getByRole("alert")).toHaveText("This passkey does not belong to an account here.");
});

test("somebody is invited, and signed out by being deactivated", async ({ page, browser }) => {
  await signIn(page, program.origin, administrator, app);
  await administer(page, `${program.origin}/admin/invitations`, app);
  await page.getByRole("button", { name: "Invite" }).click();
  const invite = dialog(page, "Invite");
  await invite.getByLabel("Note").fill("For the soil survey");
  await invite.getByLabel("Member", { exact: true }).check();
  await invite.getByRole("button", { name: "Invite" }).click();
  const link = await dialog(page, "The invitation").getByRole("status").innerText();
  expect(new URL(link).pathname).toBe("/join");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("For the soil survey")).toBeVisible();

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await other.goto(link);
  await expect(other.getByText("For the soil survey")).toBeVisible();
  await other.getByLabel("Full name").fill(guest.display_name);
  await other.getByLabel("Name for signing in").fill(guest.name);
  await other.getByLabel("Password", { exact: true }).fill(guest.password);
  await other.getByRole("button", { name: "Make the account" }).click();
  await expect(places(other)).toBeVisible();
  await expect(other.getByRole("link", { name: "Administration" })).toHaveCount(0);

  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("link", { name: /Jonas Reuter/ }).click();
  await page.getByRole("button", { name: "Deactivate" }).click();
  await dialog(page, /^Deactivate/)
    .getByRole("button", { name: "Deactivate" })
    .click();
  await expect(page.getByRole("button", { name: "Activate", exact: true })).toBeVisible();

  // No reload: the page itself notices with the next thing that it asks.
  await places(other).getByRole("link", { name: "Files" }).click();
  await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await enterPassword(other, program.origin, guest);
  await expect(other.getByRole("alert")).toHaveText("Name and password do not fit together.");
  await elsewhere.close();

  await page.getByRole("button", { name: "Activate", exact: true }).click();
  await dialog(page, /^Activate/)
    .getByRole("button", { name: "Activate" })
    .click();
  await expect(page.getByRole("button", { name: "Deactivate" })).toBeVisible();
});

// After whatever takes rights of the administrator: for a day after it the account passes on none.
test("a recovery code lets in once", async ({ page }) => {
  const code = codes[0] ?? "";
  const withCode = async () => {
    await enterPassword(page, program.origin, administrator);
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code", { exact: true }).fill(code);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  await withCode();
  await expect(places(page)).toBeVisible();
  await page.goto(`${program.origin}/account/security`);
  await expect(page.getByText("9 codes are left.")).toBeVisible();
  await signOut(page, administrator.display_name);
  await withCode();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(places(page)).toHaveCount(0);
});

test("where only a passkey will do, password and code do not", async ({ page, browser }) => {
  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await signIn(other, program.origin, guest);
  await other.goto(`${program.origin}/account/security`);
  await other.getByRole("button", { name: "Set up an app" }).click();
  const theirs = new App(await dialog(other, "Set up an authenticator app").locator("code").innerText());
  await enterCode(other, theirs);
  await other.getByRole("button", { name: "Set up", exact: true }).click();
  await expect(other.getByText("An app is set up")).toBeVisible();
  await signOut(other, guest.display_name);

  await signIn(page, program.origin, administrator, app);
  await administer(page, `${program.origin}/admin/roles`, app);
  await page.getByRole("link", { name: /^Member/ }).click();
  await page.getByLabel("Second factor").selectOption("passkey");
  await page.getByLabel("Time to set it up, in hours").fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  // Without time left the rule holds at once, also for whoever made it.
  const made = page.getByRole("link", { name: /^Member.*Passkey only/ });
  await expect(made.or(page.getByRole("heading", { name: "A second factor is needed" }))).toBeVisible();

  await enterPassword(other, program.origin, guest);
  // Either the code is not offered any more, or all that opens is the page that adds a passkey.
  const stopped = other.getByRole("heading", { name: /One more step|A second factor is needed/ });
  await expect(stopped).toBeVisible();
  if (await other.getByLabel("Code of the app").isVisible()) {
    await enterCode(other, theirs);
    await expect(other.getByRole("heading", { name: "A second factor is needed" })).toBeVisible();
  }
  await expect(places(other)).toHaveCount(0);
  await other.goto(`${program.origin}/files`);
  await expect(places(other)).toHaveCount(0);
  await elsewhere.close();
});
