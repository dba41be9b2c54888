// What is shown of the uploads: the items, their sums and how long the rest will take.
import type { Problem } from "@/api/problem";

export type UploadState = "waiting" | "sending" | "held" | "clash" | "failed" | "done";

/** A file, or a folder that holds nothing. */
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

/** What became of the items of this round that are done, and what all of them come to. */
export interface Round {
  /** Items with those that are done and without those that were cancelled. */
  total: number;
  done: number;
  /** Of those that are done: how many are files. */
  filesDone: number;
  bytesTotal: number;
  bytesDone: number;
  startedAt: number;
}

export const newRound = (startedAt: number): Round => ({
  total: 0,
  done: 0,
  filesDone: 0,
  bytesTotal: 0,
  bytesDone: 0,
  startedAt,
});

export interface UploadStatus {
  total: number;
  done: number;
  filesDone: number;
  bytesTotal: number;
  bytesSent: number;
  sending: readonly UploadItem[];
  waiting: number;
  /** Those that were stopped one by one and wait to be let go on. */
  held: readonly UploadItem[];
  /** What arrived last, the newest first. */
  results: readonly UploadItem[];
  /** Nothing is sent until it is resumed. */
  paused: boolean;
  clashes: readonly UploadItem[];
  failures: readonly UploadItem[];
  /** Seconds that the rest will take, or `null` while that is unknown. */
  secondsLeft: number | null;
}

/** What an item costs besides its bytes, so that thousands of small ones are estimated well. */
const itemCost = 64 * 1024;

export function statusOf(
  round: Round,
  items: {
    sending: readonly UploadItem[];
    waiting: number;
    held: readonly UploadItem[];
    results: readonly UploadItem[];
    paused: boolean;
    attention: readonly UploadItem[];
  },
  now: number,
): UploadStatus {
  const { total, done, filesDone, bytesTotal, bytesDone, startedAt } = round;
  const sending = items.sending.map(shownOf);
  const bytesSent = bytesDone + sending.reduce((sum, item) => sum + item.sent, 0);
  const unfinished = sending.length + items.waiting;
  const elapsed = (now - startedAt) / 1000;
  const workDone = bytesSent + done * itemCost;
  const stuckBytes = [...items.attention, ...items.held].reduce((sum, item) => sum + item.size, 0);
  const workLeft = Math.max(0, bytesTotal - bytesSent - stuckBytes) + unfinished * itemCost;
  const rate = elapsed > 2 ? workDone / elapsed : 0;
  return {
    total,
    done,
    filesDone,
    bytesTotal,
    bytesSent,
    sending,
    waiting: items.waiting,
    held: items.held.map(shownOf),
    results: items.results,
    paused: items.paused,
    clashes: items.attention.filter((item) => item.state === "clash"),
    failures: items.attention.filter((item) => item.state === "failed"),
    secondsLeft: unfinished > 0 && rate > 0 && !items.paused ? workLeft / rate : null,
  };
}

/** As it is now: what the queue has of it changes. */
export const shownOf = ({ id, name, path, size, sent, state, problem }: UploadItem): UploadItem => ({
  ...{ id, name, path, size, sent, state, problem },
});

export const idle = statusOf(
  newRound(0),
  { sending: [], waiting: 0, held: [], results: [], paused: false, attention: [] },
  0,
);
