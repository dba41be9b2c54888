// How folders are shown: orders, filter, grid, tree, pictures and sounds; and how a phone gets to all places.
import { writeFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { png, wav } from "./support/media";
import { expect, list, makeFolder, names, putFile, row, test } from "./support/test";

const tile = (page: Page, name: string) =>
  list(page)
    .getByRole("gridcell")
    .filter({ has: page.getByTitle(name, { exact: true }) });

test("a folder is sorted by its columns, and so it is the next time", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  for (const [name, size] of [
    ["b.txt", 1],
    ["a.txt", 300],
    ["c.txt", 20],
  ] as const)
    await putFile(api, program, folder.id, name, "x".repeat(size));
  await makeFolder(api, program, folder.id, "z");
  await page.goto(`/files/${folder.id}`);
  await expect(row(page, "a.txt")).toBeVisible();
  expect(await names(page)).toEqual(["z", "a.txt", "b.txt", "c.txt"]);
  await page.getByRole("button", { name: "Sort by Size" }).click();
  await expect.poll(() => names(page)).toEqual(["z", "a.txt", "c.txt", "b.txt"]);
  await page.getByRole("button", { name: "Sort by Size, descending" }).click();
  await expect.poll(() => names(page)).toEqual(["z", "b.txt", "c.txt", "a.txt"]);
  await page
    .getByTestId("file-input")
    .setInputFiles([{ name: "middle.txt", mimeType: "text/plain", buffer: Buffer.alloc(50) }]);
  await expect.poll(() => names(page)).toEqual(["z", "b.txt", "c.txt", "middle.txt", "a.txt"]);
  await page.reload();
  await expect.poll(() => names(page)).toEqual(["z", "b.txt", "c.txt", "middle.txt", "a.txt"]);
});

test("the filter finds what is not loaded yet", async ({ signedIn: page, api, program, folder }) => {
  test.slow();
  // More than one page: the last name is on another.
  for (let from = 0; from < 230; from += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => putFile(api, program, folder.id, `file ${from + n}.txt`, "x")),
    );
  }
  await putFile(api, program, folder.id, "Zuletzt gemessen.txt", "x");
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/children?")) asked.push(request.url());
  });
  // The second page of the folder does not come.
  await page.route(/children\?.*after=/, () => undefined);
  await page.goto(`/files/${folder.id}`);
  await expect(row(page, "file 0.txt")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("GEMESSEN");
  await expect(row(page, "Zuletzt gemessen.txt")).toBeVisible();
  await expect(list(page).locator("[data-node]")).toHaveCount(1);
  expect(asked.some((url) => url.includes("q=GEMESSEN"))).toBe(true);
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("in the grid the arrows go in two directions, and a star is given by a key", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  for (let n = 0; n < 9; n += 1) await putFile(api, program, folder.id, `${n}.txt`, "x");
  await page.goto(`/files/${folder.id}`);
  await expect(row(page, "0.txt")).toBeVisible();
  await page.keyboard.press("v");
  await expect(tile(page, "0.txt")).toBeVisible();
  const columns = Number(await list(page).getAttribute("aria-colcount"));
  expect(columns).toBeGreaterThan(2);
  await tile(page, "0.txt").click();
  // The details take room of the grid: what counts is where the tiles stand now.
  const now = Number(await list(page).getAttribute("aria-colcount"));
  await page.keyboard.press("ArrowRight");
  await expect(tile(page, "1.txt")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(tile(page, `${1 + now}.txt`)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("f");
  await expect(page.getByRole("button", { name: "Favourite: 1.txt", pressed: true })).toBeVisible();
  await page.goto("/favourites");
  await expect(list(page).getByTitle("1.txt")).toBeVisible();
});

test("pictures fill the window one after the other, and back shows where one is", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  for (let n = 0; n < 3; n += 1) {
    const picture = png(320, 200, n * 60);
    await putFile(api, program, folder.id, `picture ${n}.png`, picture);
  }
  await putFile(api, program, folder.id, "drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
  await page.goto(`/files/${folder.id}`);
  await row(page, "picture 0.png").dblclick();
  const viewer = page.getByRole("dialog");
  const shown = (name: string) => viewer.getByRole("img", { name });
  await expect(shown("picture 0.png")).toBeVisible();
  expect(await shown("picture 0.png").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(320);
  await page.keyboard.press("ArrowRight");
  await expect(shown("picture 1.png")).toBeVisible();
  await expect(viewer.getByText("2 of 3")).toBeVisible();
  const before = (await shown("picture 1.png").boundingBox())?.width ?? 0;
  await page.keyboard.press("+");
  await expect
    .poll(async () => (await shown("picture 1.png").boundingBox())?.width ?? 0)
    .toBeCloseTo(before * 1.5, 0);
  await page.reload();
  await expect(shown("picture 1.png")).toBeVisible();
  // One step back at a time: first the size, then the viewer.
  await page.keyboard.press("-");
  await page.keyboard.press("Escape");
  await expect(viewer).toHaveCount(0);
  await expect(row(page, "picture 1.png")).toHaveAttribute("aria-selected", "true");
  await row(page, "drawing.svg").dblclick();
  await expect(viewer).toHaveCount(0);
});

test("music goes on from page to page, one track after the other", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  await putFile(api, program, folder.id, "first.wav", wav(2));
  await putFile(api, program, folder.id, "second.wav", wav(60));
  await putFile(api, program, folder.id, "notes.txt", "x");
  await page.goto(`/files/${folder.id}`);
  await row(page, "first.wav").dblclick();
  const player = page.getByRole("region", { name: "Player" });
  await expect(player.getByText("1 of 2")).toBeVisible();
  await page.getByRole("link", { name: "Recents" }).click();
  await expect(player.getByRole("link", { name: "second.wav" })).toBeVisible();
  await expect(player.getByText("0:02")).toBeVisible();
  await player.getByRole("button", { name: "Pause" }).click();
  await expect(player.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await player.getByRole("button", { name: "Stop and close the player" }).click();
  await expect(player).toHaveCount(0);
});

test("a row is dropped on a folder of the tree, and comes back", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  await makeFolder(api, program, folder.id, "target");
  await putFile(api, program, folder.id, "moved.txt", "x");
  await page.goto(`/files/${folder.id}`);
  await expect(row(page, "moved.txt")).toBeVisible();
  await page.keyboard.press("t");
  const tree = page.getByRole("tree");
  const here = tree.getByRole("treeitem", { name: folder.name });
  await expect(here).toHaveAttribute("aria-selected", "true");
  await here.click();
  await tree.focus();
  await page.keyboard.press("ArrowRight");
  const target = tree.getByRole("treeitem", { name: "target" });
  await expect(target).toBeVisible();
  await row(page, "moved.txt").dragTo(target);
  await expect(row(page, "moved.txt")).toHaveCount(0);
  await target.click();
  await expect(row(page, "moved.txt")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(page.getByText("This folder is empty")).toBeVisible();
});

test("on a phone every place is in the bar or one tap further", async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/");
  const bar = page.getByRole("navigation", { name: "Places" });
  for (const [place, heading] of [
    ["Recents", "/recents"],
    ["Favourites", "/favourites"],
  ] as const) {
    await bar.getByRole("link", { name: place }).click();
    await expect(page).toHaveURL(new RegExp(`${heading}$`));
  }
  for (const word of await bar.locator("span.cut").all())
    expect(await word.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  await bar.getByRole("button", { name: /^More places/ }).click();
  await page.getByRole("menuitem", { name: "Trash" }).click();
  await expect(page).toHaveURL(/\/trash/);
});

test("one upload is paused while the page is left, and goes on with its file", async ({
  signedIn: page,
  folder,
}, info) => {
  test.slow();
  // A file on the disk: that it is the same one is also told by the time of its last change.
  const file = info.outputPath("half.bin");
  await writeFile(file, Buffer.alloc(96 * 1024 * 1024, 3));
  await page.goto(`/files/${folder.id}`);
  await expect(page.getByText("This folder is empty")).toBeVisible();
  // The network goes after the first of three pieces, and the page is left.
  const first = page.waitForResponse((answer) => answer.request().method() === "PATCH", { timeout: 60_000 });
  await page.getByTestId("file-input").setInputFiles(file);
  await first;
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Pause half.bin" }).click();
  await expect(page.getByText("paused", { exact: true })).toBeVisible();
  await page.context().setOffline(false);
  page.on("dialog", (dialog) => void dialog.accept());
  await page.reload();
  const tray = page.getByRole("region", { name: "Interrupted uploads" });
  await expect(tray.getByText(/of 96 MiB$/)).toBeVisible({ timeout: 20_000 });
  await page
    .getByTestId("again-input")
    .evaluate((field) => field.addEventListener("click", (event) => event.preventDefault()));
  await tray.getByRole("button", { name: "Choose the file again" }).click();
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/uploads")) sent.push(request.method());
  });
  await page.getByTestId("again-input").setInputFiles(file);
  await expect(row(page, "half.bin")).toContainText("96 MiB", { timeout: 60_000 });
  // Only what was missing.
  expect(sent[0]).toBe("HEAD");
  expect(sent).not.toContain("POST");
});
