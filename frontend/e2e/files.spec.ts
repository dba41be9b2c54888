import { mkdir, mkdtemp, rm, writeFile, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, list, makeFolder, names, putFile, row, test } from "./support/test";

test("a folder with many files is uploaded with its paths, and downloaded as it was", async ({
  signedIn: page,
  folder,
}) => {
  const source = await mkdtemp(path.join(tmpdir(), "carrel-upload-"));
  const tree = path.join(source, "tree");
  for (let n = 0; n < 120; n += 1) {
    const part = path.join(tree, `part-${n % 7}`, n % 2 ? "odd" : "even");
    await mkdir(part, { recursive: true });
    await writeFile(path.join(part, `file ${n} äöü.txt`), `content ${n}\n`.repeat(n));
  }
  await page.goto(`/files/${folder.id}`);
  await expect(page.getByText("This folder is empty")).toBeVisible();
  await page.getByTestId("folder-input").setInputFiles(tree);
  await expect(page.getByText("120 files uploaded")).toBeVisible({ timeout: 40_000 });
  await rm(source, { recursive: true });

  await row(page, "tree").dblclick();
  await expect(list(page).getByRole("row")).toHaveCount(7);
  await row(page, "part-3").dblclick();
  await row(page, "odd").dblclick();
  const name = "file 3 äöü.txt";
  await row(page, name).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download", exact: true }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(name);
  expect(await readFile(await file.path(), "utf8")).toBe("content 3\n".repeat(3));
});

test("a taken name asks: keep both makes another, replace makes a version", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  await putFile(api, program, folder.id, "a.txt", "first");
  await putFile(api, program, folder.id, "b.txt", "first");
  await page.goto(`/files/${folder.id}`);
  const file = (name: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from("second") });
  await page.getByTestId("file-input").setInputFiles([file("a.txt"), file("b.txt"), file("c.txt")]);
  const tray = page.getByRole("region", { name: "Uploads" });
  await expect(tray.getByText("2 names are taken")).toBeVisible();
  await expect(row(page, "c.txt")).toBeVisible();
  const choice = (name: string) => tray.getByRole("listitem").filter({ hasText: name });
  await choice("a.txt").getByRole("button", { name: "Keep both" }).click();
  await expect(row(page, "a (2).txt")).toBeVisible();
  await choice("b.txt").getByRole("button", { name: "Replace" }).click();
  await expect(tray.getByText("3 files uploaded")).toBeVisible();

  await row(page, "b.txt").click();
  const versions = page.getByRole("region", { name: "Versions" });
  await expect(versions.getByText("version 2")).toBeVisible();
  await expect(versions.getByText("version 1")).toBeVisible();
  const download = page.waitForEvent("download");
  await versions.getByRole("link", { name: "Download version 1" }).click();
  expect(await readFile(await (await download).path(), "utf8")).toBe("first");
});

test("renaming, also into a taken or impossible name", async ({ signedIn: page, api, program, folder }) => {
  await putFile(api, program, folder.id, "one.txt", "1");
  await putFile(api, program, folder.id, "two.txt", "2");
  await page.goto(`/files/${folder.id}`);
  const rename = async (from: string, to: string) => {
    await row(page, from).click();
    await page.keyboard.press("F2");
    await page.getByLabel("New name").fill(to);
    await page.keyboard.press("Enter");
  };
  await rename("one.txt", "uno.txt");
  await expect(row(page, "uno.txt")).toBeVisible();
  await rename("uno.txt", "two.txt");
  await expect(row(page, "uno.txt").getByRole("alert")).toContainText("This name is taken here.");
  await rename("uno.txt", "a/b");
  await expect(list(page).getByText("A name cannot have a “/” in it.")).toBeVisible();
  await expect(page.getByLabel("New name")).toHaveValue("a/b");
  await page.reload();
  await expect.poll(() => names(page)).toEqual(["two.txt", "uno.txt"]);
});

test("moving by dialog and by cut and paste, and taking it back", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  await makeFolder(api, program, folder.id, "target");
  await putFile(api, program, folder.id, "a.txt", "a");
  await putFile(api, program, folder.id, "b.txt", "b");
  await page.goto(`/files/${folder.id}`);
  await row(page, "a.txt").click();
  await page.keyboard.press("m");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("treeitem", { name: "target" }).click();
  await dialog.getByRole("button", { name: "Move to target" }).click();
  await expect(row(page, "a.txt")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, "a.txt")).toBeVisible();

  await row(page, "b.txt").click();
  await page.keyboard.press("Control+x");
  await row(page, "target").dblclick();
  await expect(page.getByText("This folder is empty")).toBeVisible();
  await page.keyboard.press("Control+v");
  await expect(row(page, "b.txt")).toBeVisible();
  await page.goBack();
  await expect.poll(() => names(page)).toEqual(["target", "a.txt"]);
});

test("deleting can be undone", async ({ signedIn: page, api, program, folder }) => {
  for (const name of ["a.txt", "b.txt", "c.txt"]) await putFile(api, program, folder.id, name, name);
  await page.goto(`/files/${folder.id}`);
  await row(page, "a.txt").click();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Delete");
  await expect.poll(() => names(page)).toEqual(["c.txt"]);
  await expect(page.getByText("2 items are in the trash.")).toBeVisible();
  await page.reload();
  await expect.poll(() => names(page)).toEqual(["c.txt"]);

  await row(page, "c.txt").click();
  await page.keyboard.press("Delete");
  await expect(page.getByText("This folder is empty")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, "c.txt")).toBeVisible();
  await page.reload();
  await expect.poll(() => names(page)).toEqual(["c.txt"]);
});

test("the filter and the item in hand are in the address", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  for (const name of ["apple.txt", "pear.txt", "plum.txt"])
    await putFile(api, program, folder.id, name, name);
  await page.goto(`/files/${folder.id}`);
  await expect(row(page, "pear.txt")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("p");
  await page.keyboard.type("l");
  await expect.poll(() => names(page)).toEqual(["apple.txt", "plum.txt"]);
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await expect(page).toHaveURL(/item=/);
  await page.reload();
  await expect.poll(() => names(page)).toEqual(["apple.txt", "plum.txt"]);
  await expect(row(page, "plum.txt")).toHaveAttribute("aria-selected", "true");
  await page.goto(`/files/${folder.id}?q=nothing`);
  await page.getByRole("button", { name: "Show all 3 items" }).click();
  await expect.poll(async () => (await names(page)).length).toBe(3);
});

test("what is not there looks the same as what was never shared", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  const id = await makeFolder(api, program, folder.id, "gone");
  await page.goto("/files/00000000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await page.goto(`/files/${id}`);
  await expect(page.getByText("This folder is empty")).toBeVisible();
});

test("without a network the page says so, and goes on when it is back", async ({
  signedIn: page,
  context,
  api,
  program,
  folder,
}) => {
  await putFile(api, program, folder.id, "a.txt", "a");
  await page.goto(`/files/${folder.id}`);
  await expect(row(page, "a.txt")).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText("No network.", { exact: false })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Delete");
  await expect(row(page, "a.txt").getByRole("alert")).toBeVisible();
  await context.setOffline(false);
  await row(page, "a.txt").getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("This folder is empty")).toBeVisible();
});
