// The tests' own `test`: a program that is set up, a signed-in page, and a folder for each test.
import { test as base, expect, type APIRequestContext, type Page } from "@playwright/test";
import { startProgram, type Program } from "./program";

export const administrator = {
  name: "mira",
  display_name: "Mira Keller",
  password: "several unrelated words",
};

export interface Folder {
  id: string;
  name: string;
}

interface WorkerFixtures {
  program: Program & { personalRoot: string };
}

interface TestFixtures {
  /** Requests with the session of the administrator, as the page sends them. */
  api: APIRequestContext;
  /** A folder in the personal space that no other test knows. */
  folder: Folder;
  signedIn: Page;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  program: [
    async ({}, use) => {
      const program = await startProgram();
      const token = new URL(program.setupLink).hash.slice(1);
      const answer = await fetch(`${program.origin}/api/v1/setup`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: program.origin },
        body: JSON.stringify({ token, language: "en", ...administrator }),
      });
      if (!answer.ok) throw new Error(`Set-up failed: ${answer.status} ${await answer.text()}`);
      const me = (await answer.json()) as { personal_space: { root_id: string } };
      await use({ ...program, personalRoot: me.personal_space.root_id });
      await program.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ program }, use) => use(program.origin),
  // A session of its own for each test: two browsers that renew one session would look like a stolen copy.
  api: async ({ context, program }, use) => {
    const answer = await context.request.post(`${program.origin}/api/v1/session`, {
      headers: { origin: program.origin },
      data: { name: administrator.name, password: administrator.password },
    });
    if (!answer.ok()) throw new Error(`Signing in failed: ${answer.status()} ${await answer.text()}`);
    await use(context.request);
  },
  folder: async ({ api, program }, use, info) => {
    const name = `${info.title.slice(0, 60)} ${info.workerIndex}-${Date.now()}`;
    await use({ id: await makeFolder(api, program, program.personalRoot, name), name });
  },
  signedIn: async ({ page, api, program }, use) => {
    expect(api).toBeTruthy();
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) trouble.push(message.text());
    });
    page.on("request", (request) => {
      const url = request.url();
      if (/^https?:/.test(url) && !url.startsWith(program.origin)) trouble.push(`external request: ${url}`);
    });
    await use(page);
    expect(trouble).toEqual([]);
  },
});

export { expect };

export async function makeFolder(api: APIRequestContext, program: Program, parent: string, name: string) {
  const answer = await api.post(`${program.origin}/api/v1/nodes/${parent}/folders`, {
    headers: { origin: program.origin },
    data: { name },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  return ((await answer.json()) as { id: string }).id;
}

export async function putFile(
  api: APIRequestContext,
  program: Program,
  folder: string,
  name: string,
  content: string | Buffer,
) {
  const answer = await api.put(
    `${program.origin}/api/v1/nodes/${folder}/files?name=${encodeURIComponent(name)}`,
    {
      headers: {
        origin: program.origin,
        "content-type": "application/octet-stream",
        "if-none-match": "*",
      },
      data: Buffer.from(content),
    },
  );
  expect(answer.ok(), await answer.text()).toBe(true);
  return ((await answer.json()) as { id: string }).id;
}

export const list = (page: Page) => page.getByRole("grid");
export const row = (page: Page, name: string) =>
  list(page)
    .getByRole("row")
    .filter({ has: page.getByTitle(name, { exact: true }) });
export const names = (page: Page) => list(page).locator("[data-node] [title]:not(time)").allTextContents();
