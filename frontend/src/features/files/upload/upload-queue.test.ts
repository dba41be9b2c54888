import { describe, expect, it } from "vitest";
import { Problem, offlineProblem } from "@/api/problem";
import type { Node } from "@/api/model";
import type { PutFile } from "../api/put-file";
import { nextName } from "./free-name";
import { UploadQueue, type UploadServer } from "./upload-queue";

const node = (id: string, parent_id: string, name: string): Node => ({
  id,
  space_id: "s",
  parent_id,
  kind: "file",
  name,
  size: 0,
  etag: "",
  changed_at: "",
  changed_by: null,
  version: { id: `v-${id}`, number: 1, sha256: "" },
  media_type: null,
  abilities: { write: true, delete: true, open_workspace: false },
});
const gone = () => new Problem({ code: "not_found", message: "gone", status: 404 });
const full = () => new Problem({ code: "quota_exceeded", message: "Full.", status: 507 });
const taken = () => new Problem({ code: "name_taken", message: "taken", status: 409 });

/** A folder tree in memory that keeps the server's rules for names. */
class Shelf implements UploadServer {
  readonly files = new Map<string, string>();
  readonly made: string[] = [];
  together = 0;
  most = 0;
  fail: (name: string) => Error | null = () => null;

  /** Ids of folders that lie in the trash; a new one of the same name gets another id. */
  readonly trashed = new Set<string>();

  async makeFolder(parentId: string, name: string): Promise<Node> {
    const failure = this.fail(name);
    if (failure) throw failure;
    if (this.trashed.has(parentId)) throw gone();
    if (this.files.has(`${parentId}/${name}`)) throw taken();
    this.made.push(`${parentId}/${name}`);
    let id = `${parentId}/${name}`;
    while (this.trashed.has(id)) id += "*";
    return node(id, parentId, name);
  }
  async putFile(put: PutFile): Promise<Node> {
    this.together += 1;
    this.most = Math.max(this.most, this.together);
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.together -= 1;
    if (put.signal.aborted) throw new DOMException("", "AbortError");
    const failure = this.fail(put.name);
    if (failure) throw failure;
    if (this.trashed.has(put.folderId)) throw gone();
    const path = `${put.folderId}/${put.name}`;
    if (this.files.has(path) && !put.replaces) throw taken();
    put.onProgress(put.body.size);
    this.files.set(path, await put.body.text());
    return node(path, put.folderId, put.name);
  }
  async versionOf(folderId: string, name: string): Promise<string | null> {
    return this.files.has(`${folderId}/${name}`) ? "v1" : null;
  }
}

const file = (name: string, text = "x") => new File([text], name);
const settled = async (queue: UploadQueue) => {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 140));
    const { sending, waiting } = queue.read();
    if (sending.length === 0 && waiting === 0) return queue.read();
  }
};

describe("UploadQueue", () => {
  it("makes each folder once and sends at most four files at a time", async () => {
    const shelf = new Shelf();
    const stored: string[] = [];
    const queue = new UploadQueue(shelf, { stored: (each) => stored.push(each.name) });
    const files = Array.from({ length: 200 }, (_, n) => ({
      folders: ["src", n % 2 ? "a" : "b"],
      file: file(`${n}.txt`),
    }));
    queue.add("root", { files, emptyFolders: [["src", "empty"]] });
    const status = await settled(queue);
    expect(status).toMatchObject({ total: 201, done: 201, filesDone: 200, bytesSent: 200, bytesTotal: 200 });
    expect(shelf.most).toBe(4);
    expect([...shelf.made].sort()).toEqual(["root/src", "root/src/a", "root/src/b", "root/src/empty"]);
    expect(shelf.files.size).toBe(200);
    expect(stored).toHaveLength(204);
  });

  it("asks about a taken name and keeps both or replaces", async () => {
    const shelf = new Shelf();
    shelf.files.set("root/a.txt", "old").set("root/a (2).txt", "older").set("root/b.txt", "old");
    const queue = new UploadQueue(shelf);
    queue.add("root", {
      files: [
        { folders: [], file: file("a.txt", "new") },
        { folders: [], file: file("b.txt", "new") },
      ],
      emptyFolders: [],
    });
    const { clashes } = await settled(queue);
    expect(clashes.map((item) => item.name).sort()).toEqual(["a.txt", "b.txt"]);
    queue.resolve(clashes.find((item) => item.name === "a.txt")!.id, "keep-both");
    queue.resolve(clashes.find((item) => item.name === "b.txt")!.id, "replace");
    await settled(queue);
    expect(Object.fromEntries(shelf.files)).toEqual({
      "root/a.txt": "old",
      "root/a (2).txt": "older",
      "root/a (3).txt": "new",
      "root/b.txt": "new",
    });
  });

  it("tries again by itself when the network is away, and then says why it gave up", async () => {
    const shelf = new Shelf();
    let times = 0;
    shelf.fail = () => (++times < 3 ? offlineProblem() : null);
    const queue = new UploadQueue(shelf, { wait: async () => undefined });
    queue.add("root", { files: [{ folders: [], file: file("a.txt") }], emptyFolders: [] });
    expect(await settled(queue)).toMatchObject({ done: 1, failures: [] });

    shelf.fail = () => offlineProblem();
    queue.add("root", { files: [{ folders: [], file: file("b.txt") }], emptyFolders: [] });
    const { failures } = await settled(queue);
    expect(failures[0]).toMatchObject({ name: "b.txt", problem: { code: "offline" } });
    shelf.fail = () => null;
    queue.retryAll();
    expect(await settled(queue)).toMatchObject({ done: 1, failures: [] });
  });

  it("keeps the reason of each failure and goes on with the others", async () => {
    const shelf = new Shelf();
    shelf.fail = (name) => (name === "b" ? full() : null);
    const queue = new UploadQueue(shelf);
    queue.add("root", {
      files: ["a", "b", "c"].map((name) => ({ folders: [], file: file(name) })),
      emptyFolders: [],
    });
    const status = await settled(queue);
    expect(status.done).toBe(2);
    expect(status.failures.map((item) => item.problem?.message)).toEqual(["Full."]);
    queue.cancel(status.failures[0]!.id);
    expect(await settled(queue)).toMatchObject({ total: 2, failures: [] });
  });

  it("keeps the reason why an empty folder was not made, and makes it later", async () => {
    const shelf = new Shelf();
    shelf.fail = () => full();
    const queue = new UploadQueue(shelf);
    queue.add("root", { files: [], emptyFolders: [["empty"]] });
    const { failures } = await settled(queue);
    expect(failures).toMatchObject([{ path: "empty/", problem: { message: "Full." } }]);
    shelf.fail = () => null;
    queue.retry(failures[0]!.id);
    expect(await settled(queue)).toMatchObject({ total: 1, done: 1, filesDone: 0, failures: [] });
    expect(shelf.made).toEqual(["root/empty"]);
  });

  it("offers neither another name nor a new version where a file stands in the way of a folder", async () => {
    const shelf = new Shelf();
    shelf.files.set("root/src", "a file");
    const queue = new UploadQueue(shelf);
    queue.add("root", { files: [{ folders: ["src"], file: file("a.txt") }], emptyFolders: [["src"]] });
    const status = await settled(queue);
    expect(status.clashes).toEqual([]);
    expect(status.failures.map((item) => item.problem?.code)).toEqual(["name_taken", "name_taken"]);
  });

  it("tries again in the way that was chosen", async () => {
    const shelf = new Shelf();
    shelf.files.set("root/a.txt", "old").set("root/b.txt", "old");
    const queue = new UploadQueue(shelf);
    queue.add("root", {
      files: ["a.txt", "b.txt"].map((name) => ({ folders: [], file: file(name, "new") })),
      emptyFolders: [],
    });
    const { clashes } = await settled(queue);
    shelf.fail = () => full();
    queue.resolve(clashes.find((item) => item.name === "a.txt")!.id, "keep-both");
    queue.resolve(clashes.find((item) => item.name === "b.txt")!.id, "replace");
    const { failures } = await settled(queue);
    expect(failures).toHaveLength(2);
    shelf.fail = () => null;
    for (const item of failures) queue.retry(item.id);
    expect(await settled(queue)).toMatchObject({ done: 2, clashes: [], failures: [] });
    expect(Object.fromEntries(shelf.files)).toEqual({
      "root/a.txt": "old",
      "root/a (2).txt": "new",
      "root/b.txt": "new",
    });
  });

  it("makes folders again that went to the trash meanwhile, each once", async () => {
    const shelf = new Shelf();
    const queue = new UploadQueue(shelf);
    const files = (names: string[]) => names.map((name) => ({ folders: ["src", "deep"], file: file(name) }));
    // A name that is taken keeps the round open, and with it what is known of the folders.
    shelf.files.set("root/src/deep/a", "old");
    queue.add("root", { files: files(["a"]), emptyFolders: [] });
    await settled(queue);
    shelf.trashed.add("root/src").add("root/src/deep");
    queue.add("root", { files: files(["b", "c", "d"]), emptyFolders: [] });
    expect(await settled(queue)).toMatchObject({ done: 3, failures: [] });
    expect(shelf.made).toEqual(["root/src", "root/src/deep", "root/src", "root/src*/deep"]);
  });

  it("does not make the folder again that was chosen for the upload", async () => {
    const shelf = new Shelf();
    shelf.trashed.add("root");
    const queue = new UploadQueue(shelf);
    queue.add("root", { files: [{ folders: ["src"], file: file("a") }], emptyFolders: [] });
    const { failures } = await settled(queue);
    expect(failures.map((item) => item.problem?.code)).toEqual(["not_found"]);
    expect(shelf.made).toEqual([]);
  });

  it("pauses: what was being sent waits again, and everything arrives after it went on", async () => {
    const shelf = new Shelf();
    const queue = new UploadQueue(shelf);
    const names = Array.from({ length: 9 }, (_, n) => `${n}.txt`);
    queue.add("top", { files: names.map((name) => ({ folders: [], file: file(name) })), emptyFolders: [] });
    queue.pause();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(shelf.files.size).toBe(0);
    expect(queue.read()).toMatchObject({ paused: true, waiting: 9, done: 0, secondsLeft: null });
    queue.resume();
    await settled(queue);
    expect(queue.read()).toMatchObject({ paused: false, done: 9 });
    expect([...shelf.files.keys()].sort()).toEqual(names.map((name) => `top/${name}`));
  });

  it("pauses one and sends the others; it arrives when it is let go on", async () => {
    const shelf = new Shelf();
    const queue = new UploadQueue(shelf);
    const names = Array.from({ length: 6 }, (_, n) => `${n}.txt`);
    queue.add("top", { files: names.map((name) => ({ folders: [], file: file(name) })), emptyFolders: [] });
    // The first is being sent, the last waits.
    queue.pauseOne(1);
    queue.pauseOne(6);
    const status = await settled(queue);
    expect(status.held.map((item) => item.name).sort()).toEqual(["0.txt", "5.txt"]);
    expect(status).toMatchObject({ done: 4, total: 6, failures: [] });
    expect(status.results.map((item) => item.name).sort()).toEqual(["1.txt", "2.txt", "3.txt", "4.txt"]);
    queue.resumeOne(1);
    expect(await settled(queue)).toMatchObject({ done: 5, total: 6 });
    queue.cancel(6);
    expect(await settled(queue)).toMatchObject({ done: 5, total: 5, held: [] });
    expect(shelf.files.has("top/5.txt")).toBe(false);
  });

  it("sends the first of what is still being found", async () => {
    const shelf = new Shelf();
    const queue = new UploadQueue(shelf);
    let last: () => unknown = () => undefined;
    const found = new Promise((resolve) => {
      last = () => resolve(null);
    });
    async function* steps() {
      yield { files: [{ folders: ["a"], file: file("first") }], emptyFolders: [] };
      await found;
      yield { files: [{ folders: ["a"], file: file("last") }], emptyFolders: [] };
    }
    const all = queue.addAll("top", steps());
    expect(await settled(queue)).toMatchObject({ done: 1, total: 1 });
    last();
    await all;
    await settled(queue);
    expect([...shelf.files.keys()]).toEqual(["top/a/first", "top/a/last"]);
  });

  it("takes a hundred thousand files and lets them go without sending one more", async () => {
    const shelf = new Shelf();
    const queue = new UploadQueue(shelf);
    const one = file("same.txt");
    queue.add("top", {
      files: Array.from({ length: 100_000 }, () => ({ folders: [], file: one })),
      emptyFolders: [],
    });
    for (let id = 50_000; id < 60_000; id += 1) queue.cancel(id);
    queue.cancelAll();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(shelf.most).toBe(4);
    expect(shelf.files.size).toBe(0);
    expect(queue.read()).toMatchObject({ total: 0, waiting: 0 });
  }, 20_000);

  it("cancels what waits and what is being sent", async () => {
    const shelf = new Shelf();
    const queue = new UploadQueue(shelf);
    queue.add("root", {
      files: Array.from({ length: 50 }, (_, n) => ({ folders: [], file: file(`${n}`) })),
      emptyFolders: [],
    });
    queue.cancelAll();
    expect(await settled(queue)).toMatchObject({ total: 0, done: 0, failures: [], clashes: [] });
    expect(shelf.files.size).toBe(0);
  });
});

it.each([
  ["report.txt", "report (2).txt"],
  ["report (2).txt", "report (3).txt"],
  [".bashrc", ".bashrc (2)"],
  ["archive.tar.gz", "archive.tar (2).gz"],
  ["folder", "folder (2)"],
])("after %s comes %s", (name, next) => expect(nextName(name)).toBe(next));
