// What needs the real program: the trash, copies, spaces, versions and uploads that go on.
import { expect, putFile, row, test } from "./support/test";

test("a deleted file is listed in the trash and comes back to its folder", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  const name = `gone ${Date.now()}.txt`;
  await putFile(api, program, folder.id, name, "kept");
  await page.goto(`/files/${folder.id}`);
  await row(page, name).click();
  await page.keyboard.press("Delete");
  await expect(page.getByText("This folder is empty")).toBeVisible();
  await page.goto("/trash");
  await row(page, name).click();
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(row(page, name)).toHaveCount(0);
  await page.goto(`/files/${folder.id}`);
  await expect(row(page, name)).toBeVisible();
});

test("copy and paste beside the original makes a copy with a free name", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  await putFile(api, program, folder.id, "a.txt", "a");
  await page.goto(`/files/${folder.id}`);
  await row(page, "a.txt").click();
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Control+v");
  await expect(row(page, "a (2).txt")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(row(page, "a (2).txt")).toHaveCount(0);
});

test("an old version becomes the current one", async ({ signedIn: page, api, program, folder }) => {
  const id = await putFile(api, program, folder.id, "v.txt", "first");
  const node = (await (await api.get(`${program.origin}/api/v1/nodes/${id}`)).json()) as {
    version: { id: string };
  };
  const saved = await api.put(`${program.origin}/api/v1/nodes/${id}/content`, {
    headers: {
      origin: program.origin,
      "content-type": "application/octet-stream",
      "if-match": `"${node.version.id}"`,
    },
    data: Buffer.from("second"),
  });
  expect(saved.ok(), await saved.text()).toBe(true);
  await page.goto(`/files/${folder.id}`);
  await row(page, "v.txt").click();
  await page.getByRole("button", { name: "Actions for version 1" }).click();
  await page.getByRole("menuitem", { name: "Make this the current version" }).click();
  const versions = page.getByRole("region", { name: "Versions" });
  await expect(versions.getByText("version 3")).toBeVisible();
  const content = await api.get(`${program.origin}/api/v1/nodes/${id}/content`);
  expect(await content.text()).toBe("first");
});

test("a space is made, named, archived and taken out again", async ({ signedIn: page }) => {
  const name = `Survey ${Date.now()}`;
  await page.goto("/spaces");
  await page.getByRole("button", { name: "New space" }).first().click();
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Make space" }).click();
  const panel = page.getByRole("complementary", { name });
  await panel.getByRole("button", { name: "Archive" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Archive" }).click();
  await expect(panel.getByRole("button", { name: "Take out of the archive" })).toBeVisible();
  await panel.getByRole("button", { name: "Take out of the archive" }).click();
  await expect(panel.getByRole("button", { name: "Archive", exact: true })).toBeVisible();
});

test("a large file is sent in pieces and arrives whole", async ({ signedIn: page, folder }) => {
  const pieces: string[] = [];
  page.on("request", (request) => {
    // What was interrupted before is asked for as the page opens.
    if (request.url().includes("/api/v1/uploads") && request.method() !== "GET")
      pieces.push(request.method());
  });
  await page.goto(`/files/${folder.id}`);
  await expect(page.getByText("This folder is empty")).toBeVisible();
  const buffer = Buffer.alloc(40 * 1024 * 1024, 7);
  await page
    .getByTestId("file-input")
    .setInputFiles([{ name: "big.bin", mimeType: "application/octet-stream", buffer }]);
  await expect(row(page, "big.bin")).toBeVisible({ timeout: 40_000 });
  await expect(row(page, "big.bin")).toContainText("40 MiB");
  expect(pieces).toEqual(["POST", "PATCH", "PATCH"]);
});
