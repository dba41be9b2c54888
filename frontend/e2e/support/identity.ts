// What the tests of identity do again and again: a program of their own, signing in, proving, a browser's passkeys.
import { expect, type BrowserContext, type Page } from "@playwright/test";
import { startProgram, type Program } from "./program";
import { administrator } from "./test";
import type { App } from "./totp";

export async function startWithAdministrator(): Promise<Program> {
  const program = await startProgram();
  const { origin } = program;
  const answer = await fetch(`${origin}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({
      token: new URL(program.setupLink).hash.slice(1),
      language: "en",
      ...administrator,
    }),
  });
  if (!answer.ok) throw new Error(`Set-up failed: ${answer.status} ${await answer.text()}`);
  return program;
}

/** A browser with an authenticator of its own that always says yes. */
export async function addAuthenticator(context: BrowserContext, page: Page): Promise<void> {
  // Passkeys are offered in the name field, too; here only the button is meant.
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

export const places = (page: Page) => page.getByRole("navigation", { name: "Places" });
export const dialog = (page: Page, name: string | RegExp) => page.getByRole("dialog", { name });

export async function enterPassword(page: Page, origin: string, who: { name: string; password: string }) {
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel("Name", { exact: true }).fill(who.name);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export async function enterCode(page: Page, app: App) {
  await page.getByLabel("Code of the app").fill(await app.code());
}

/** The password and, when it is asked for, the code. */
export async function signIn(page: Page, origin: string, who: { name: string; password: string }, app?: App) {
  await enterPassword(page, origin, who);
  if (app) {
    await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
    const other = page.getByRole("button", { name: "Use the code of an app" });
    if (await other.isVisible()) await other.click();
    await enterCode(page, app);
  }
  await expect(places(page)).toBeVisible();
}

export async function signOut(page: Page, name: string) {
  await page.getByRole("button", { name: `${name}, menu` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}

/** Opens a page of administration, and confirms who it is when the server asks. */
export async function administer(page: Page, address: string, app: App) {
  await page.goto(address);
  const question = dialog(page, "Confirm that it is you");
  const ready = page.getByRole("navigation", { name: "Administration" });
  await expect(ready).toBeVisible();
  await page.waitForLoadState("networkidle");
  if (await question.isVisible()) {
    await enterCode(page, app);
    await expect(question).toHaveCount(0);
  }
}
