// Sends files to folders: four at a time, folders made on the way, each failure kept with its reason. Knows nothing
// of React and of HTTP; what it needs from the server is handed in.
import { Problem, asProblem, isAbort } from "@/api/problem";
import type { Node } from "@/api/model";
import type { PutFile } from "../api/put-file";
import type { Collected } from "./collect";
import { nextName } from "./free-name";

export interface UploadServer {
  makeFolder(parentId: string, name: string, signal: AbortSignal): Promise<Node>;
  putFile(put: PutFile): Promise<Node>;
  /** The version that a file of this name has now; `null` when there is none. */
  versionOf(folderId: string, name: string, signal: AbortSignal): Promise<string | null>;
}

export type UploadState = "waiting" | "sending" | "clash" | "failed";

export interface UploadItem {
  id: number;
  name: string;
  /** As shown: the path below the folder that was uploaded to. */
  path: string;
  size: number;
  sent: number;
  state: UploadState;
  problem: Problem | null;
}

interface Job extends UploadItem {
  file: File;
  targetId: string;
  folders: readonly string[];
  mode: "new" | "keep-both" | "replace";
  attempts: number;
  abort: AbortController;
}

export interface UploadStatus {
  /** Files of this round, with those that are done and without those that were cancelled. */
  total: number;
  done: number;
  bytesTotal: number;
  bytesSent: number;
  sending: readonly UploadItem[];
  waiting: number;
  clashes: readonly UploadItem[];
  failures: readonly UploadItem[];
  /** Seconds that the rest will take, or `null` while that is unknown. */
  secondsLeft: number | null;
}

export const idle: UploadStatus = {
  total: 0,
  done: 0,
  bytesTotal: 0,
  bytesSent: 0,
  sending: [],
  waiting: 0,
  clashes: [],
  failures: [],
  secondsLeft: null,
};

const parallel = 4;
const automaticRetries = 3;
/** What a file costs besides its bytes, so that thousands of small ones are estimated well. */
const fileCost = 64 * 1024;
const notifyMs = 120;

export class UploadQueue {
  private readonly waiting: Job[] = [];
  private readonly active = new Set<Job>();
  private readonly attention = new Map<number, Job>();
  private readonly folders = new Map<string, Promise<string>>();
  private readonly listeners = new Set<() => void>();
  private status: UploadStatus = idle;
  private total = 0;
  private done = 0;
  private bytesTotal = 0;
  private bytesDone = 0;
  private startedAt = 0;
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
  ) {}

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly read = () => this.status;

  add(targetId: string, collected: Collected): void {
    if (this.active.size === 0 && this.waiting.length === 0 && this.attention.size === 0) this.resetRound();
    for (const { folders, file } of collected.files) {
      this.total += 1;
      this.bytesTotal += file.size;
      this.waiting.push({
        id: this.nextId++,
        name: file.name,
        path: [...folders, file.name].join("/"),
        size: file.size,
        sent: 0,
        state: "waiting",
        problem: null,
        file,
        targetId,
        folders,
        mode: "new",
        attempts: 0,
        abort: new AbortController(),
      });
    }
    for (const folders of collected.emptyFolders) void this.folder(targetId, folders).catch(() => undefined);
    this.changed();
    this.pump();
  }

  cancel(id: number): void {
    const job = this.find(id);
    if (!job) return;
    this.forget(job);
    job.abort.abort();
    this.total -= 1;
    this.bytesTotal -= job.size;
    this.changed();
    this.pump();
  }

  cancelAll(): void {
    for (const job of [...this.waiting, ...this.active, ...this.attention.values()]) this.cancel(job.id);
  }

  retry(id: number): void {
    this.again(id, "new");
  }
  retryAll(): void {
    for (const job of [...this.attention.values()]) if (job.state === "failed") this.again(job.id, job.mode);
  }
  resolve(id: number, how: "keep-both" | "replace"): void {
    this.again(id, how);
  }
  resolveAll(how: "keep-both" | "replace" | "skip"): void {
    for (const job of [...this.attention.values()]) {
      if (job.state !== "clash") continue;
      if (how === "skip") this.cancel(job.id);
      else this.again(job.id, how);
    }
  }

  private again(id: number, mode: Job["mode"]): void {
    const job = this.attention.get(id);
    if (!job) return;
    this.attention.delete(id);
    job.state = "waiting";
    job.problem = null;
    job.sent = 0;
    job.attempts = 0;
    job.mode = mode;
    if (mode === "keep-both") job.name = nextName(job.name);
    this.waiting.unshift(job);
    this.changed();
    this.pump();
  }

  private pump(): void {
    while (this.active.size < parallel) {
      const job = this.waiting.shift();
      if (!job) break;
      job.state = "sending";
      this.active.add(job);
      void this.run(job);
    }
    if (this.active.size === 0 && this.waiting.length === 0) this.on.idle?.();
  }

  private async run(job: Job): Promise<void> {
    const { signal } = job.abort;
    try {
      const folderId = await this.folder(job.targetId, job.folders);
      const replaces =
        job.mode === "replace" ? await this.server.versionOf(folderId, job.name, signal) : null;
      const node = await this.server.putFile({
        folderId,
        name: job.name,
        body: job.file,
        ...(replaces ? { replaces } : {}),
        signal,
        onProgress: (sent) => {
          job.sent = Math.min(sent, job.size);
          this.changed();
        },
      });
      this.active.delete(job);
      this.done += 1;
      this.bytesDone += job.size;
      this.on.stored?.(node);
    } catch (error) {
      await this.failed(job, error);
    }
    this.changed();
    this.pump();
  }

  private async failed(job: Job, error: unknown): Promise<void> {
    if (isAbort(error) || job.abort.signal.aborted) {
      this.active.delete(job);
      return;
    }
    const problem = asProblem(error);
    job.sent = 0;
    if (problem.code === "name_taken" && job.mode === "keep-both") {
      job.name = nextName(job.name);
      this.active.delete(job);
      this.waiting.unshift(job);
      return;
    }
    if (isTransient(problem) && job.attempts < automaticRetries) {
      job.attempts += 1;
      const ms = 500 * 2 ** job.attempts;
      await (this.on.wait?.(ms) ?? new Promise((resolve) => setTimeout(resolve, ms)));
      this.active.delete(job);
      if (!job.abort.signal.aborted) this.waiting.unshift(job);
      return;
    }
    this.active.delete(job);
    job.state = problem.code === "name_taken" || problem.code === "version_changed" ? "clash" : "failed";
    job.problem = problem;
    this.attention.set(job.id, job);
  }

  /** The id of a folder below the target, made when it is not there; each is asked for once. */
  private folder(targetId: string, names: readonly string[]): Promise<string> {
    const last = names.at(-1);
    if (last === undefined) return Promise.resolve(targetId);
    const key = [targetId, ...names].join("/");
    const known = this.folders.get(key);
    if (known) return known;
    const made = this.folder(targetId, names.slice(0, -1)).then(async (parentId) => {
      const node = await this.server.makeFolder(parentId, last, new AbortController().signal);
      this.on.stored?.(node);
      return node.id;
    });
    this.folders.set(key, made);
    made.catch(() => this.folders.delete(key));
    return made;
  }

  private find(id: number): Job | undefined {
    return (
      this.attention.get(id) ??
      [...this.active].find((job) => job.id === id) ??
      this.waiting.find((job) => job.id === id)
    );
  }

  private forget(job: Job): void {
    this.attention.delete(job.id);
    this.active.delete(job);
    const at = this.waiting.indexOf(job);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  private resetRound(): void {
    this.total = 0;
    this.done = 0;
    this.bytesTotal = 0;
    this.bytesDone = 0;
    this.folders.clear();
    this.startedAt = this.now();
  }

  /** Closes a round that has ended, so that the tray goes away. */
  close(): void {
    if (this.active.size > 0 || this.waiting.length > 0) return;
    this.attention.clear();
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
    const sending = [...this.active].map(({ id, name, path, size, sent, state, problem }) => ({
      ...{ id, name, path, size, sent, state, problem },
    }));
    const attention = [...this.attention.values()];
    const bytesSent = this.bytesDone + sending.reduce((sum, item) => sum + item.sent, 0);
    const unfinished = this.active.size + this.waiting.length;
    const elapsed = (this.now() - this.startedAt) / 1000;
    const workDone = bytesSent + this.done * fileCost;
    const stuckBytes = attention.reduce((sum, job) => sum + job.size, 0);
    const workLeft = Math.max(0, this.bytesTotal - bytesSent - stuckBytes) + unfinished * fileCost;
    const rate = elapsed > 2 ? workDone / elapsed : 0;
    return {
      total: this.total,
      done: this.done,
      bytesTotal: this.bytesTotal,
      bytesSent,
      sending,
      waiting: this.waiting.length,
      clashes: attention.filter((job) => job.state === "clash"),
      failures: attention.filter((job) => job.state === "failed"),
      secondsLeft: unfinished > 0 && rate > 0 ? workLeft / rate : null,
    };
  }
}

function isTransient(problem: Problem): boolean {
  return problem.offline || problem.status === 429 || problem.status === 502 || problem.status === 503;
}
