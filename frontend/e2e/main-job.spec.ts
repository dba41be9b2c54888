// The main job on real input: a public source tree goes in, is opened as a workspace, edited and tested there; the edit and
// what the run wrote are versions in the cloud; an auditor exports the log, and the command verifies it, or names what was
// changed.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { programPath, startProgram, type Program } from "./support/program";
import { enrolAndElevate } from "./support/totp";

/** Long enough for every rule. */
const PASSWORD = "correct horse battery staple";

/** A source distribution of the Python index, by name and version; its tests need nothing but Python. */
const PACKAGE = { name: "markdown", version: "3.10" };

let scratch: string;
let tree: string;
let program: Program;

test.beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "carrel-main-job-"));
  tree = fetchTree(scratch);
  program = await startProgram();
});

test.afterAll(async () => {
  await program.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test("sign in, upload, open as a workspace, run, keep, prove", async ({ page, browser }) => {
  test.setTimeout(300_000);
  const files = countFiles(tree);
  expect(files).toBeGreaterThanOrEqual(200);

  // The first administrator, by the printed link.
  await page.goto(program.setupLink);
  await page.getByLabel("Full name").fill("Ada Lovelace");
  await page.getByLabel("Name for signing in").fill("ada");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();

  // A whole folder goes in.
  await page.getByRole("link", { name: "Files", exact: true }).first().click();
  await page.getByTestId("folder-input").setInputFiles(tree);
  const uploads = page.getByRole("region", { name: "Uploads" });
  await expect(uploads).toContainText(`${files} files uploaded`, { timeout: 120_000 });

  const folder = tree.split("/").at(-1) ?? "";
  await page.getByRole("row", { name: new RegExp(folder) }).dblclick();
  await expect(page.getByRole("row", { name: /pyproject\.toml/ })).toBeVisible();
  const folderAddress = page.url();

  // It becomes a workspace.
  await page.getByRole("button", { name: "Open as workspace" }).first().click();
  await expect(page).toHaveURL(/\/workspaces\//);
  await expect(page.getByText("Connected")).toBeVisible({ timeout: 60_000 });
  const explorer = page.getByRole("region", { name: "Explorer" });
  await expect(explorer.getByText("README.md")).toBeVisible({ timeout: 60_000 });

  // An edit in the editor.
  await explorer.getByText("README.md").click();
  const editor = page.getByLabel("Editor, README.md");
  await expect(editor).toContainText("Python-Markdown");
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("Edited in Carrel.\n");
  await page.keyboard.press("Control+s");

  // The tree's own tests in the terminal.
  await openTerminal(page);
  await run(page, "python3 -m unittest discover tests > test-report.txt 2>&1; echo status=$?");
  await expect(terminal(page)).toContainText("status=0", { timeout: 120_000 });
  await run(page, "tail -n 3 test-report.txt");
  await expect(terminal(page)).toContainText("OK (", { timeout: 20_000 });
  // The tray of the upload goes by itself; the picture is the README's.
  await expect(uploads).toHaveCount(0, { timeout: 20_000 });
  await page.screenshot({ path: test.info().outputPath("workspace.png") });

  // Both are versions in the cloud, and within two seconds of the save.
  const started = Date.now();
  await run(page, "echo written in the terminal > from-terminal.txt");
  await expect
    .poll(async () => (await child(page, folderAddress, "from-terminal.txt"))?.version?.number, {
      intervals: [100],
      timeout: 10_000,
    })
    .toBe(1);
  expect(Date.now() - started).toBeLessThan(4_000);
  const readme = await child(page, folderAddress, "README.md");
  expect(readme?.version?.number).toBe(2);
  const report = await child(page, folderAddress, "test-report.txt");
  expect(report?.version?.number).toBeGreaterThanOrEqual(1);
  const content = await page.request.get(`${program.origin}/api/v1/nodes/${readme?.id}/content`);
  const edited = (await content.body()).toString();
  expect(edited.startsWith("Edited in Carrel.\n")).toBe(true);
  expect(createHash("sha256").update(edited).digest("hex")).toBe(readme?.version?.sha256);
  const workspaceAddress = page.url();
  await page.goto(folderAddress);
  await page.getByRole("row", { name: /README\.md/ }).click();
  await page.screenshot({ path: test.info().outputPath("files.png") });

  // The workspace is stopped; its files stay.
  await page.goto(workspaceAddress);
  await page.getByRole("button", { name: "Stop", exact: true }).first().click();
  await expect(page.getByText(/is stopped|sandbox is not running/)).toBeVisible({ timeout: 30_000 });

  // An auditor, who has no right to the files, takes the log out.
  command(["user", "create", "grace", "--role", "auditor", "--password-stdin"], PASSWORD);
  const audit = await browser.newContext();
  const auditor = await audit.newPage();
  await auditor.goto(`${program.origin}/sign-in`);
  await auditor.getByLabel("Name").fill("grace");
  await auditor.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await auditor.getByRole("button", { name: "Sign in" }).click();
  await auditor.getByRole("link", { name: "Log", exact: true }).first().click();
  await expect(auditor.getByText("opened a workspace").first()).toBeVisible();
  const denied = await auditor.request.get(folderAddress.replace("/files/", "/api/v1/nodes/"));
  expect(denied.status()).toBe(404);
  await auditor.screenshot({ path: test.info().outputPath("log.png") });
  // Carrying the log away takes a fresh second factor.
  await enrolAndElevate(auditor.request, program.origin);
  const download = auditor.waitForEvent("download");
  await auditor
    .getByRole("button", { name: /^Export/ })
    .first()
    .click();
  const bundle = join(scratch, "log.tar");
  await (await download).saveAs(bundle);
  await audit.close();

  // The command verifies it offline, and names the entry of which one byte was changed.
  const key = join(scratch, "log.key");
  writeFileSync(key, command(["audit", "key"]));
  const fine = verify(bundle, key);
  expect(fine.status, fine.stdout + fine.stderr).toBe(0);
  expect(fine.stdout).toMatch(/verified: \d+ entries/);
  const bytes = readFileSync(bundle);
  const at = bytes.indexOf('"act":"file.create"', bytes.indexOf("entries.jsonl")) + '"act":"file.'.length;
  bytes[at] = "x".charCodeAt(0);
  const forged = join(scratch, "forged.tar");
  writeFileSync(forged, bytes);
  const wrong = verify(forged, key);
  expect(wrong.status, wrong.stdout + wrong.stderr).toBe(1);
  expect(wrong.stdout).toMatch(/entry \d+/);
  expect(verify(join(scratch, "absent.tar"), key).status).toBe(2);
});

/** A subcommand on the program's data; what it wrote to standard output. */
function command(words: string[], input = ""): string {
  return execFileSync(programPath(), [...words, "--data", program.data], { encoding: "utf8", input });
}

function verify(bundle: string, key: string) {
  return spawnSync(programPath(), ["audit", "verify", bundle, "--key", key], { encoding: "utf8" });
}

interface NodeAnswer {
  id: string;
  name: string;
  version: { number: number; sha256: string } | null;
}

/** What the cloud holds under this name in the folder at this address. */
async function child(page: Page, folderAddress: string, name: string): Promise<NodeAnswer | undefined> {
  const id = new URL(folderAddress).pathname.split("/").at(-1);
  const answer = await page.request.get(`${program.origin}/api/v1/nodes/${id}/children?limit=1000`);
  const { items } = (await answer.json()) as { items: NodeAnswer[] };
  return items.find((item) => item.name === name);
}

function terminal(page: Page) {
  return page.getByRole("group", { name: /^Terminal/ }).first();
}

async function openTerminal(page: Page) {
  if ((await terminal(page).count()) === 0) {
    await page.getByRole("button", { name: "New terminal" }).first().click();
  }
  await expect(terminal(page)).toContainText("$", { timeout: 20_000 });
}

async function run(page: Page, line: string) {
  await terminal(page).click();
  await page.keyboard.type(`${line}\n`);
}

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
}

/** Fetches and unpacks the source distribution; kept between runs in the cache folder. */
function fetchTree(into: string): string {
  const cache = join(
    process.env["XDG_CACHE_HOME"] ?? join(process.env["HOME"] ?? tmpdir(), ".cache"),
    "carrel",
    "sources",
  );
  mkdirSync(cache, { recursive: true });
  const archive = () =>
    readdirSync(cache).find((name) => name.startsWith(`${PACKAGE.name}-${PACKAGE.version}`));
  if (!archive()) {
    const wanted = `${PACKAGE.name}==${PACKAGE.version}`;
    execFileSync(
      "python3",
      ["-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "--dest", cache, wanted],
      { stdio: "inherit" },
    );
  }
  execFileSync("tar", ["--extract", "--file", join(cache, archive() ?? ""), "--directory", into]);
  const folder = readdirSync(into).find((name) => name.toLowerCase().startsWith(PACKAGE.name));
  const path = join(into, folder ?? "");
  if (!existsSync(join(path, "pyproject.toml")))
    throw new Error(`${path} is not the source tree that was expected`);
  return path;
}
