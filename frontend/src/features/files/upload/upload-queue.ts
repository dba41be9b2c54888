// Sends files and empty folders: four at a time, each failure kept with its reason. Knows nothing of React and of HTTP;
// what it needs from the server is handed in.
import { asProblem, isAbort, type Problem } from "@/api/problem";
import type { Node } from "@/api/model";
import { paused, type PutFile } from "../api/put-file";
import type { Collected } from "./collect";
import { nextName } from "./free-name";
import { JobLine } from "./job-line";
import { UploadFolders } from "./upload-folders";
import { idle, newRound, shownOf, statusOf, type UploadItem, type UploadStatus } from "./upload-status";

export interface UploadServer {
  makeFolder(parentId: string, name: string): Promise<Node>;
  putFile(put: PutFile): Promise<Node>;
  /** The version that a file of this name has now; `null` when there is none. */
  versionOf(folderId: string, name: string, signal: AbortSignal): Promise<string | null>;
}

interface Job extends UploadItem {
  /** `null`: a folder that holds nothing. */
  file: File | null;
  targetId: string;
  folders: readonly string[];
  mode: "new" | "keep-both" | "replace";
  attempts: number;
  /** It is to stop and to wait until it is let go on. */
  hold: boolean;
  /** Stops it; made anew each time that it is sent. */
  abort: AbortController | null;
}

const parallel = 4;
const automaticRetries = 3;
const notifyMs = 120;
/** So many of those that arrived are named. */
const shownResults = 100;

export class UploadQueue {
  private readonly waiting = new JobLine<Job>();
  private readonly active = new Set<Job>();
  private readonly attention = new Map<number, Job>();
  /** Stopped one by one. */
  private readonly held = new Map<number, Job>();
  private results: UploadItem[] = [];
  private readonly folders: UploadFolders;
  private readonly listeners = new Set<() => void>();
  private round = newRound(0);
  private status: UploadStatus = idle;
  private halted = false;
  private nextId = 1;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly server: UploadServer,
    private readonly on: {
      stored?: (node: Node) => void;
      idle?: () => void;
      wait?: (ms: number) => Promise<void>;
      now?: () => number;
    } = {},
  ) {
    this.folders = new UploadFolders(async (parentId, name) => {
      const node = await this.server.makeFolder(parentId, name);
      this.on.stored?.(node);
      return node.id;
    });
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly read = () => this.status;

  add(targetId: string, collected: Collected): void {
    const busy = this.active.size + this.waiting.size + this.attention.size + this.held.size > 0;
    if (!busy) this.resetRound();
    for (const { folders, file } of collected.files) this.enqueue(targetId, folders, file.name, file);
    for (const path of collected.emptyFolders) {
      const name = path.at(-1);
      if (name !== undefined) this.enqueue(targetId, path.slice(0, -1), name, null);
    }
    this.changed();
    this.pump();
  }

  /** As {@link add}, for what is still being found: the first is sent while the last is looked for. */
  async addAll(targetId: string, steps: AsyncIterable<Collected>): Promise<void> {
    for await (const found of steps) this.add(targetId, found);
  }

  private enqueue(targetId: string, folders: readonly string[], name: string, file: File | null): void {
    const size = file?.size ?? 0;
    this.round.total += 1;
    this.round.bytesTotal += size;
    this.waiting.push({
      id: this.nextId++,
      name,
      path: [...folders, file ? name : `${name}/`].join("/"),
      size,
      sent: 0,
      state: "waiting",
      problem: null,
      file,
      targetId,
      folders,
      mode: "new",
      attempts: 0,
      hold: false,
      abort: null,
    });
  }

  cancel(id: number): void {
    const job = this.find(id);
    if (!job) return;
    this.forget(job);
    job.abort?.abort();
    this.round.total -= 1;
    this.round.bytesTotal -= job.size;
    this.changed();
    this.pump();
  }

  cancelAll(): void {
    // Nothing may move up while the others are stopped.
    this.waiting.clear();
    const active = [...this.active];
    this.active.clear();
    this.attention.clear();
    this.held.clear();
    this.halted = false;
    this.resetRound();
    for (const job of active) job.abort?.abort();
    this.changed();
    this.pump();
  }

  /** Stops what is being sent; what arrived of it is kept where the server can go on with it. */
  pause(): void {
    if (this.halted) return;
    this.halted = true;
    for (const job of this.active) job.abort?.abort(paused);
    this.changed();
  }
  resume(): void {
    if (!this.halted) return;
    this.halted = false;
    this.changed();
    this.pump();
  }

  /** Stops one; what arrived of it is kept where the server can go on with it, and the others go on. */
  pauseOne(id: number): void {
    const sending = this.find(id);
    if (!sending || sending.state === "held") return;
    if (this.active.has(sending)) {
      sending.hold = true;
      sending.abort?.abort(paused);
    } else if (this.waiting.get(id)) {
      this.waiting.delete(id);
      this.keepHeld(sending);
    }
    this.changed();
  }
  resumeOne(id: number): void {
    const job = this.held.get(id);
    if (!job) return;
    this.held.delete(id);
    job.state = "waiting";
    this.waiting.pushAgain(job);
    this.changed();
    this.pump();
  }
  private keepHeld(job: Job): void {
    job.hold = false;
    job.state = "held";
    this.held.set(job.id, job);
  }

  /** Tries again what failed, in the way that was chosen for it before. */
  retry(id: number): void {
    this.again(id);
  }
  retryAll(): void {
    for (const job of [...this.attention.values()]) if (job.state === "failed") this.again(job.id);
  }
  resolve(id: number, how: "keep-both" | "replace"): void {
    const job = this.attention.get(id);
    if (!job) return;
    job.mode = how;
    if (how === "keep-both") job.name = nextName(job.name);
    this.again(id);
  }
  resolveAll(how: "keep-both" | "replace" | "skip"): void {
    for (const job of [...this.attention.values()]) {
      if (job.state !== "clash") continue;
      if (how === "skip") this.cancel(job.id);
      else this.resolve(job.id, how);
    }
  }

  private again(id: number): void {
    const job = this.attention.get(id);
    if (!job) return;
    this.attention.delete(id);
    job.state = "waiting";
    job.problem = null;
    job.sent = 0;
    job.attempts = 0;
    this.waiting.pushAgain(job);
    this.changed();
    this.pump();
  }

  private pump(): void {
    while (!this.halted && this.active.size < parallel) {
      const job = this.waiting.take();
      if (!job) break;
      job.state = "sending";
      const abort = new AbortController();
      job.abort = abort;
      this.active.add(job);
      void this.run(job, abort.signal);
    }
    if (this.active.size === 0 && this.waiting.size === 0) this.on.idle?.();
  }

  private async run(job: Job, signal: AbortSignal): Promise<void> {
    let clash = false;
    try {
      const { file } = job;
      if (!file) await this.folders.of(job.targetId, [...job.folders, job.name]);
      else {
        const node = await this.folders.within(job.targetId, job.folders, (folderId) =>
          this.send(job, file, folderId, signal).catch((error: unknown) => {
            clash = isClash(asProblem(error));
            throw error;
          }),
        );
        this.on.stored?.(node);
      }
      // One that was cancelled at the last moment is not counted any more.
      if (this.active.delete(job)) {
        this.round.done += 1;
        if (file) this.round.filesDone += 1;
        this.round.bytesDone += job.size;
        const done = { ...shownOf(job), state: "done" as const, sent: job.size };
        this.results = [done, ...this.results.slice(0, shownResults - 1)];
      }
    } catch (error) {
      await this.failed(job, error, clash, signal);
    }
    this.changed();
    this.pump();
  }

  private async send(job: Job, body: File, folderId: string, signal: AbortSignal): Promise<Node> {
    const replaces = job.mode === "replace" ? await this.server.versionOf(folderId, job.name, signal) : null;
    return this.server.putFile({
      folderId,
      name: job.name,
      body,
      ...(replaces ? { replaces } : {}),
      signal,
      onProgress: (sent) => {
        job.sent = Math.min(sent, job.size);
        this.changed();
      },
    });
  }

  /** `clash`: the file itself met what is there. A folder that cannot be made has no other name or version to offer. */
  private async failed(job: Job, error: unknown, clash: boolean, signal: AbortSignal): Promise<void> {
    if (isAbort(error) || signal.aborted) {
      const kept = this.active.delete(job) && signal.reason === paused;
      if (kept) this.keepForLater(job);
      return;
    }
    const problem = asProblem(error);
    job.sent = 0;
    if (clash && problem.code === "name_taken" && job.mode === "keep-both") {
      job.name = nextName(job.name);
      this.active.delete(job);
      this.waiting.pushAgain(job);
      return;
    }
    if (isTransient(problem) && job.attempts < automaticRetries) {
      job.attempts += 1;
      const ms = 500 * 2 ** job.attempts;
      await (this.on.wait?.(ms) ?? new Promise((resolve) => setTimeout(resolve, ms)));
      const kept = this.active.delete(job) && (!signal.aborted || signal.reason === paused);
      if (kept) this.keepForLater(job);
      return;
    }
    this.active.delete(job);
    job.state = clash ? "clash" : "failed";
    job.problem = problem;
    this.attention.set(job.id, job);
  }

  private keepForLater(job: Job): void {
    job.sent = 0;
    if (job.hold) {
      this.keepHeld(job);
      return;
    }
    job.state = "waiting";
    this.waiting.pushAgain(job);
  }

  private find(id: number): Job | undefined {
    return (
      this.attention.get(id) ??
      this.held.get(id) ??
      [...this.active].find((job) => job.id === id) ??
      this.waiting.get(id)
    );
  }

  private forget(job: Job): void {
    this.attention.delete(job.id);
    this.held.delete(job.id);
    this.active.delete(job);
    this.waiting.delete(job.id);
  }

  private resetRound(): void {
    this.round = newRound(this.now());
    this.results = [];
    this.folders.forgetAll();
  }

  /** Closes a round that has ended, so that the tray goes away. */
  close(): void {
    if (this.active.size > 0 || this.waiting.size > 0) return;
    this.attention.clear();
    this.held.clear();
    this.resetRound();
    this.changed();
  }

  private now(): number {
    return this.on.now?.() ?? Date.now();
  }

  private changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.status = this.summary();
      for (const listener of this.listeners) listener();
    }, notifyMs);
  }

  private summary(): UploadStatus {
    const items = {
      sending: [...this.active],
      waiting: this.waiting.size,
      held: [...this.held.values()],
      results: this.results,
      paused: this.halted,
      attention: [...this.attention.values()],
    };
    return statusOf(this.round, items, this.now());
  }
}

function isClash(problem: Problem): boolean {
  return problem.code === "name_taken" || problem.code === "version_changed";
}

function isTransient(problem: Problem): boolean {
  return problem.offline || problem.status === 429 || problem.status === 502 || problem.status === 503;
}
