// What is being listened to: a queue, and the one element that plays it. It goes on while one walks through the pages; it knows
// neither of them nor of the bar that shows it.
import { useSyncExternalStore } from "react";
import { keep } from "../kept";

export interface Track {
  id: string;
  name: string;
  url: string;
  folderId: string | null;
}

export interface Playing {
  queue: readonly Track[];
  /** In the queue; -1 when nothing is played. */
  at: number;
  paused: boolean;
  /** Seconds; 0 while unknown. */
  time: number;
  duration: number;
  /** 0 to 1. */
  volume: number;
  /** The track cannot be played here, or its content cannot be reached. */
  failed: boolean;
}

/** What of an audio element is used. */
export type Sound = Pick<
  HTMLAudioElement,
  | "src"
  | "currentTime"
  | "duration"
  | "volume"
  | "paused"
  | "play"
  | "pause"
  | "addEventListener"
  | "removeAttribute"
  | "load"
>;

const idle: Playing = { queue: [], at: -1, paused: true, time: 0, duration: 0, volume: 1, failed: false };
/** Back to the start of a track that has played for longer than this; else to the one before. In seconds. */
const restartAfter = 3;
export const volumeKey = "carrel-volume";

export class Player {
  private state: Playing = idle;
  private sound: Sound | null = null;
  private readonly listeners = new Set<() => void>();
  /** Makes sure of the session before the browser fetches a track by itself. */
  private ready: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly make: () => Sound,
    volume = 1,
  ) {
    this.state = { ...idle, volume };
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly read = () => this.state;

  get track(): Track | undefined {
    return this.state.queue[this.state.at];
  }

  /** Plays a queue from one of its tracks on. */
  play(queue: readonly Track[], at: number, ready: () => Promise<void>): void {
    this.ready = ready;
    this.change({ queue, at });
    this.start();
  }
  jump(at: number): void {
    if (!this.state.queue[at]) return;
    this.change({ at });
    this.start();
  }
  toggle(): void {
    const { sound } = this;
    if (!sound || !this.track) return;
    if (this.state.failed) this.start();
    else if (sound.paused) void sound.play().catch(() => undefined);
    else sound.pause();
  }
  next(): void {
    if (this.state.at + 1 < this.state.queue.length) this.jump(this.state.at + 1);
  }
  previous(): void {
    if (this.state.time > restartAfter || this.state.at <= 0) this.seek(0);
    else this.jump(this.state.at - 1);
  }
  seek(seconds: number): void {
    if (!this.sound) return;
    this.sound.currentTime = Math.max(0, Math.min(seconds, this.state.duration || seconds));
    this.change({ time: this.sound.currentTime });
  }
  setVolume(volume: number): void {
    const between = Math.max(0, Math.min(1, volume));
    if (this.sound) this.sound.volume = between;
    this.change({ volume: between });
    keep(volumeKey, String(between));
  }
  /** Takes a track from the queue; what plays goes on, unless it is the one. */
  remove(index: number): void {
    const { queue, at } = this.state;
    if (queue.length <= 1) return this.close();
    const left = queue.toSpliced(index, 1);
    if (index !== at) this.change({ queue: left, at: index < at ? at - 1 : at });
    else {
      this.change({ queue: left, at: Math.min(at, left.length - 1) });
      this.start();
    }
  }
  close(): void {
    this.sound?.pause();
    // Without an address nothing more is fetched.
    this.sound?.removeAttribute("src");
    this.sound?.load();
    this.change({ ...idle, volume: this.state.volume });
  }

  private start(): void {
    const { track } = this;
    if (!track) return;
    this.sound ??= this.listenTo(this.make());
    const { sound } = this;
    sound.pause();
    this.change({ time: 0, duration: 0, failed: false, paused: false });
    void this.ready().then(
      () => {
        if (this.track !== track) return;
        sound.src = track.url;
        sound.volume = this.state.volume;
        // A refusal to begin by itself leaves it paused; a content that cannot be played says so in an event.
        void sound.play().catch(() => this.change({ paused: sound.paused }));
      },
      () => {
        if (this.track === track) this.change({ failed: true, paused: true });
      },
    );
  }

  private listenTo(sound: Sound): Sound {
    sound.addEventListener("timeupdate", () => this.change({ time: sound.currentTime }));
    sound.addEventListener("durationchange", () =>
      this.change({ duration: Number.isFinite(sound.duration) ? sound.duration : 0 }),
    );
    sound.addEventListener("play", () => this.change({ paused: false, failed: false }));
    sound.addEventListener("pause", () => this.change({ paused: true }));
    sound.addEventListener("ended", () => this.next());
    sound.addEventListener("error", () => {
      if (this.track) this.change({ failed: true, paused: true });
    });
    return sound;
  }

  private change(to: Partial<Playing>): void {
    this.state = { ...this.state, ...to };
    for (const listener of this.listeners) listener();
  }
}

export function usePlaying(player: Player): Playing {
  return useSyncExternalStore(player.subscribe, player.read);
}
