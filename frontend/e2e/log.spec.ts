import { expect, putFile, test } from "./support/test";

test("acts are in the log with their proof, and can be filtered", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  await putFile(api, program, folder.id, "in-the-log.txt", "x");
  await page.goto("/log");
  await expect(page.getByRole("heading", { name: /entries, sealed .* ago/ })).toBeVisible();
  const table = page.getByRole("grid", { name: "Log" });
  await expect(table.getByRole("row").first()).toBeVisible();

  await page.getByRole("button", { name: "Act", exact: true }).click();
  await page.getByRole("menuitemradio", { name: "uploaded a file" }).click();
  await expect(page).toHaveURL(/action=file\.create/);
  await expect(table.getByRole("row").filter({ hasNotText: "uploaded a file" })).toHaveCount(0);
  const entry = table.getByRole("row").filter({ hasText: "in-the-log.txt" });
  await entry.click();
  const panel = page.getByRole("complementary");
  await expect(
    panel.getByRole("heading", { name: /^Mira Keller \(.+\) uploaded a file: in-the-log\.txt$/ }),
  ).toBeVisible();
  await expect(panel).toContainText('"act":"file.create"');
  await expect(panel).toContainText(/Sealed at position \d/);

  await page.reload();
  await expect(panel).toContainText('"act":"file.create"');
  await page.getByRole("button", { name: "Remove filter Act" }).click();
  await expect(page).not.toHaveURL(/action=/);
});
