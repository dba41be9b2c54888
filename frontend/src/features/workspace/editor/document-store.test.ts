import { EditorView } from "@codemirror/view";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Problem, offlineProblem } from "@/api/problem";
import type { DocumentFiles } from "./document";
import { DocumentStore } from "./document-store";
import { decodeFile, difference } from "@/lib/text-file";

const encoder = new TextEncoder();

/** The files of a sandbox, with its rule that a file is only written over the version that was named. */
class Disk implements DocumentFiles {
  readonly files = new Map<string, string>();
  writes = 0;
  /** Writes over a version that is not there any more. */
  refused = 0;
  away = false;
  /** Answers come only after this. */
  slow: Promise<void> | null = null;
  private hash(text: string) {
    return `h:${text}`;
  }
  async read(path: string) {
    if (this.away) throw offlineProblem();
    const text = this.files.get(path);
    await this.slow;
    return text === undefined ? null : { bytes: encoder.encode(text), sha256: this.hash(text) };
  }
  async write(path: string, text: string, expected: string | null) {
    if (this.away) throw offlineProblem();
    const now = this.files.get(path);
    if ((now === undefined ? null : this.hash(now)) !== expected) {
      this.refused += 1;
      throw new Problem({ code: "file_changed", message: "", status: 412 });
    }
    this.writes += 1;
    this.files.set(path, text);
    await this.slow;
    return this.hash(text);
  }
}

let disk: Disk;
let store: DocumentStore;
const view = (path = "a.txt") => store.read().find((each) => each.path === path);
const until = (check: () => boolean | undefined) => vi.waitFor(() => expect(check()).toBe(true));

async function openEditor(text: string, path = "a.txt") {
  disk.files.set(path, text);
  store.open(path);
  await until(() => view(path)?.status === "ready");
  const editor: EditorView = new EditorView({
    state: store.stateOf(path)!,
    dispatchTransactions: (transactions, target) => {
      target.update(transactions);
      store.updated(target, transactions);
    },
  });
  store.attach(path, editor);
  const type = (insert: string, at = editor.state.doc.length) =>
    editor.dispatch({ changes: { from: at, insert } });
  return { editor, type };
}

beforeEach(() => {
  disk = new Disk();
  store = new DocumentStore(disk, []);
});

describe("DocumentStore", () => {
  it("saves a second after the last key", async () => {
    const { type } = await openEditor("one");
    vi.useFakeTimers();
    type(" two");
    expect(view()?.dirty).toBe(true);
    await vi.advanceTimersByTimeAsync(900);
    type(" three");
    await vi.advanceTimersByTimeAsync(900);
    expect(disk.writes).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    vi.useRealTimers();
    await until(() => view()?.dirty === false);
    expect([disk.files.get("a.txt"), disk.writes]).toEqual(["one two three", 1]);
  });

  it("shows both sides when the file changed elsewhere, and overwrites nothing", async () => {
    const { type } = await openEditor("one");
    type(" mine");
    disk.files.set("a.txt", "one theirs");
    await store.save("a.txt");
    expect(view()?.conflict).toBe(true);
    expect(store.theirsOf("a.txt")?.text).toBe("one theirs");
    await store.save("a.txt");
    expect(disk.files.get("a.txt")).toBe("one theirs");

    await store.resolve("a.txt", "one mine and theirs");
    expect(disk.files.get("a.txt")).toBe("one mine and theirs");
    expect(view()).toMatchObject({ conflict: false, dirty: false });
  });

  it("can take the other side", async () => {
    const { editor, type } = await openEditor("one");
    type(" mine");
    disk.files.set("a.txt", "theirs");
    await store.save("a.txt");
    store.takeTheirs("a.txt");
    expect(editor.state.doc.toString()).toBe("theirs");
    expect(view()).toMatchObject({ conflict: false, dirty: false });
  });

  it("follows a change from outside and keeps the cursor in its place", async () => {
    const { editor } = await openEditor("first\nsecond\nthird");
    editor.dispatch({ selection: { anchor: editor.state.doc.line(3).from } });
    disk.files.set("a.txt", "zeroth\nfirst\nsecond\nthird");
    await store.outsideChange(["a.txt"], false);
    expect(editor.state.doc.toString()).toBe("zeroth\nfirst\nsecond\nthird");
    expect(editor.state.doc.lineAt(editor.state.selection.main.head).text).toBe("third");
    expect(view()?.dirty).toBe(false);
    expect(disk.writes).toBe(0);
  });

  it("asks at once when both sides changed", async () => {
    const { type } = await openEditor("one");
    type(" mine");
    disk.files.set("a.txt", "theirs");
    await store.outsideChange([], true);
    expect(view()?.conflict).toBe(true);
  });

  it("takes its own save for no news", async () => {
    const { type } = await openEditor("one");
    type("!");
    await store.save("a.txt");
    await store.outsideChange(["a.txt"], false);
    expect(view()).toMatchObject({ conflict: false, dirty: false });
  });

  it("lets saves that wait for the same one go on one by one", async () => {
    const { type } = await openEditor("one");
    type(" two");
    const first = store.save("a.txt");
    type(" three");
    await Promise.all([first, store.save("a.txt"), store.save("a.txt"), store.save("a.txt")]);
    expect([disk.files.get("a.txt"), disk.writes, disk.refused]).toEqual(["one two three", 2, 0]);
    expect(view()).toMatchObject({ conflict: false, dirty: false });
  });

  it("saves what is typed while a decision is written only after it", async () => {
    const { type } = await openEditor("one");
    type(" mine");
    disk.files.set("a.txt", "theirs");
    await store.outsideChange([], true);
    const decided = store.resolve("a.txt", "both");
    type(" and more");
    await Promise.all([decided, store.save("a.txt")]);
    expect([disk.files.get("a.txt"), disk.refused]).toEqual(["both and more", 0]);
    expect(view()).toMatchObject({ conflict: false, dirty: false });
  });

  it("writes a decision for the text that was there before the other side came", async () => {
    const { type } = await openEditor("one");
    type(" mine");
    disk.files.set("a.txt", "theirs");
    await store.outsideChange([], true);
    disk.away = true;
    await store.resolve("a.txt", "one");
    expect(view()).toMatchObject({ dirty: true, problem: { code: "offline" } });
    disk.away = false;
    await store.saveAll();
    expect(disk.files.get("a.txt")).toBe("one");
  });

  it("does not take what it read before its own save for news", async () => {
    const { editor, type } = await openEditor("one");
    let answer: () => void = () => undefined;
    disk.slow = new Promise((resolve) => (answer = resolve));
    const reading = store.outsideChange(["a.txt"], false);
    await new Promise((resolve) => setTimeout(resolve));
    disk.slow = null;
    type(" two");
    await store.save("a.txt");
    answer();
    await reading;
    expect(editor.state.doc.toString()).toBe("one two");
    expect(view()).toMatchObject({ conflict: false, dirty: false });
  });

  it("marks a deleted file and writes it again when it is edited", async () => {
    const { type } = await openEditor("one");
    disk.files.delete("a.txt");
    await store.outsideChange(["a.txt"], false);
    expect(view()).toMatchObject({ deleted: true, dirty: false });
    type(" again");
    await store.save("a.txt");
    expect(disk.files.get("a.txt")).toBe("one again");
    expect(view()?.deleted).toBe(false);
  });

  it("keeps what was typed while the link is down, says so, and saves it later", async () => {
    const { type } = await openEditor("one");
    disk.away = true;
    type(" two");
    await store.save("a.txt");
    expect(view()).toMatchObject({ dirty: true, problem: { code: "offline" } });
    disk.away = false;
    await store.saveAll();
    expect(disk.files.get("a.txt")).toBe("one two");
    expect(view()).toMatchObject({ dirty: false, problem: null });
  });

  it("closes a file once its text is saved", async () => {
    const { type } = await openEditor("one");
    let answer: () => void = () => undefined;
    disk.slow = new Promise((resolve) => (answer = resolve));
    type(" two");
    const closed = store.close("a.txt");
    expect(store.anyDirty).toBe(true);
    type(" three");
    answer();
    expect(await closed).toBe(true);
    expect([disk.files.get("a.txt"), disk.refused]).toEqual(["one two three", 0]);
    expect([store.read(), store.anyDirty]).toEqual([[], false]);
  });

  it("waits for the save that is under way before it closes", async () => {
    const { editor, type } = await openEditor("one");
    type(" two");
    const saving = store.save("a.txt");
    editor.dispatch({ changes: { from: 3, to: 7 } });
    expect(view()?.dirty).toBe(false);
    expect(await store.close("a.txt")).toBe(true);
    await saving;
    expect(disk.files.get("a.txt")).toBe("one");
  });

  it("keeps a file open whose text could not be saved, and closes it later", async () => {
    const { type } = await openEditor("one");
    disk.away = true;
    type(" two");
    expect(await store.close("a.txt")).toBe(false);
    expect(view()).toMatchObject({ dirty: true, problem: { code: "offline" } });
    expect(store.anyDirty).toBe(true);
    disk.away = false;
    expect(await store.close("a.txt")).toBe(true);
    expect(disk.files.get("a.txt")).toBe("one two");
  });

  it("keeps a file open that turns out to be changed elsewhere", async () => {
    const { type } = await openEditor("one");
    type(" mine");
    disk.files.set("a.txt", "theirs");
    expect(await store.close("a.txt")).toBe(false);
    expect(view()?.conflict).toBe(true);
    expect(await store.close("a.txt")).toBe(false);
    expect(disk.files.get("a.txt")).toBe("theirs");
  });

  it("keeps a file open when the right to write was taken away meanwhile", async () => {
    const { type } = await openEditor("one");
    type(" two");
    store.setReadOnly(true);
    expect(await store.close("a.txt")).toBe(false);
    expect(view()).toMatchObject({ dirty: true, problem: { code: "read_only" } });
    store.forget("a.txt");
    expect([store.read(), store.anyDirty]).toEqual([[], false]);
  });

  it("keeps a file open that gets another name while it is being saved to close", async () => {
    const { type } = await openEditor("one");
    type(" two");
    const closed = store.close("a.txt");
    store.renamed("a.txt", "b.txt");
    expect(await closed).toBe(false);
    expect(view("b.txt")?.status).toBe("ready");
  });

  it("follows a rename", async () => {
    const { type } = await openEditor("one", "old/a.txt");
    disk.files.set("new/a.txt", disk.files.get("old/a.txt")!);
    disk.files.delete("old/a.txt");
    store.renamed("old", "new");
    type(" two");
    await store.save("new/a.txt");
    expect(disk.files.get("new/a.txt")).toBe("one two");
  });

  it("does not open what is no text", async () => {
    disk.files.set("x.bin", "a\0b");
    store.open("x.bin");
    await until(() => view("x.bin")?.status === "binary");
  });

  it("writes back every byte that was not edited", async () => {
    for (const text of ["\ufeffa\r\nb\r\n", "a\r\nb\nc\r", "no end", "\n\n", "tab\tand ä\r\n"]) {
      const path = `f${text.length}${text.charCodeAt(0)}`;
      const { type } = await openEditor(text, path);
      type("x");
      await store.save(path);
      expect(disk.files.get(path)).toBe(`${text}x`);
    }
  });
});

it("decodes text and leaves other bytes alone", () => {
  expect(decodeFile(encoder.encode("a\r\nb"))).toMatchObject({ lineBreak: "\r\n" });
  expect(decodeFile(encoder.encode("a\r\nb\n"))).toMatchObject({ lineBreak: "\n" });
  expect(decodeFile(new Uint8Array([0xff, 0xfe, 0x41]))).toEqual({ kind: "binary" });
});

it.each([
  ["abc", "abc", null],
  ["abc", "abXc", { from: 2, to: 2, insert: "X" }],
  ["aaa", "aaaa", { from: 3, to: 3, insert: "a" }],
  ["abc", "", { from: 0, to: 3, insert: "" }],
  ["abab", "ab", { from: 2, to: 4, insert: "" }],
])("from %j to %j", (before, after, change) => expect(difference(before, after)).toEqual(change));
