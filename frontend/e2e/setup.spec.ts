import { test, expect } from "@playwright/test";
import { startProgram, type Program } from "./support/program";

let program: Program;
test.beforeAll(async () => {
  program = await startProgram();
});
test.afterAll(() => program.stop());

const password = "a lamp and a desk by the window";

test("the first administrator is made with the one-time link, and only once", async ({ page }) => {
  await page.goto(`${program.origin}/`);
  await expect(page.getByRole("heading", { name: "This server has no administrator" })).toBeVisible();

  await page.goto(`${program.origin}/setup#${"x".repeat(32)}`);
  await page.getByLabel("Full name").fill("Nobody");
  await page.getByLabel("Name for signing in").fill("nobody");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("heading", { name: "This link does not lead anywhere" })).toBeVisible();

  await page.goto("about:blank");
  await page.goto(program.setupLink);
  await page.getByLabel("Full name").fill("Mira Keller");
  await page.getByLabel("Name for signing in").fill("mira");
  const field = page.getByLabel("Password", { exact: true });
  await field.fill("too short");
  await expect(page.getByText("6 more characters")).toBeVisible();
  await field.fill(password);
  await expect(page.getByText(/characters: long enough/)).toBeVisible();
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(field).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Make the account" }).click();

  await expect(page.getByRole("navigation", { name: "Places" })).toBeVisible();
  await expect(page.getByRole("heading", { name: /Mira Keller/ })).toBeVisible();

  await page.goto("about:blank");
  await page.goto(program.setupLink);
  await expect(page.getByText("This server has its administrator already.")).toBeVisible();
});

test("signing in: a wrong password is one sentence, the right one leads back to the address", async ({
  page,
}) => {
  await page.goto(`${program.origin}/account`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  const name = page.getByLabel("Name");
  const field = page.getByLabel("Password", { exact: true });
  for (const wrong of [
    ["mira", "not this one, I think"],
    ["nobody", password],
  ] as const) {
    await name.fill(wrong[0]);
    await field.fill(wrong[1]);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toHaveText("Name and password do not fit together.");
  }
  await name.fill("mira");
  await field.fill(password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/account$/);

  await page.getByRole("button", { name: "Mira Keller, menu" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto(`${program.origin}/files`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});
