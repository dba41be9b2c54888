import { expect, names, putFile, row, test } from "./support/test";

test("a folder is used without a mouse", async ({ signedIn: page, api, program, folder }) => {
  for (const name of ["a.txt", "b.txt", "c.txt", "d.txt"]) await putFile(api, program, folder.id, name, name);
  await page.goto(`/files/${folder.id}`);
  await expect(row(page, "a.txt")).toBeVisible();

  await page.keyboard.press("Shift+N");
  await page.keyboard.type("inside");
  await page.keyboard.press("Enter");
  await expect(row(page, "inside")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Control+x");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page.getByText("This folder is empty")).toBeVisible();
  await page.keyboard.press("Control+v");
  await expect.poll(() => names(page)).toEqual(["a.txt", "b.txt"]);

  await page.keyboard.press("Alt+ArrowUp");
  await expect(row(page, "inside")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("End");
  await page.keyboard.press("F2");
  await page.keyboard.type("last");
  await page.keyboard.press("Enter");
  await expect(row(page, "last.txt")).toBeVisible();

  await page.keyboard.press("Control+a");
  await expect(page.getByText("3 selected").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("3 selected")).toHaveCount(0);
});

test("the palette does what the page can do, and says why not", async ({ signedIn: page, folder }) => {
  await page.goto(`/files/${folder.id}`);
  await expect(page.getByText("This folder is empty")).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("rename");
  await expect(page.getByRole("option", { name: /Rename/ })).toContainText("Select something first");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("new fold");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "New folder" })).toBeVisible();
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("log");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/log/);

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText("Read again");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("the focus is always visible and a dialog keeps it", async ({ signedIn: page }) => {
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "Mira Keller" })).toBeVisible();
  const seen = new Set<string>();
  for (let n = 0; n < 24; n += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (!element || element === document.body) return null;
      const shown = [element, element.nextElementSibling, element.closest("label")].some((part) => {
        if (!part) return false;
        const style = getComputedStyle(part);
        return (
          (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none"
        );
      });
      return { what: `${element.tagName} ${element.textContent?.slice(0, 30)}`, shown };
    });
    if (!focus) continue;
    seen.add(focus.what);
    expect(focus.shown, focus.what).toBe(true);
  }
  expect(seen.size).toBeGreaterThan(8);
});
