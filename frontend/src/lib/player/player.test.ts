import { beforeEach, expect, it, vi } from "vitest";
import { Player, type Sound, type Track } from "./player";

/** An audio element that does what it is told and nothing by itself. */
class FakeSound {
  src = "";
  currentTime = 0;
  duration = Number.NaN;
  volume = 1;
  paused = true;
  loads = 0;
  private readonly listeners = new Map<string, () => void>();
  addEventListener(event: string, listener: () => void) {
    this.listeners.set(event, listener);
  }
  say(event: string) {
    this.listeners.get(event)?.();
  }
  play() {
    this.paused = false;
    this.say("play");
    return Promise.resolve();
  }
  pause() {
    this.paused = true;
    this.say("pause");
  }
  removeAttribute() {
    this.src = "";
  }
  load() {
    this.loads += 1;
  }
}

const tracks: Track[] = ["a", "b", "c"].map((id) => ({
  id,
  name: `${id}.mp3`,
  url: `/${id}`,
  folderId: "f",
}));
const ready = vi.fn(() => Promise.resolve());
let sound: FakeSound;
let player: Player;
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  ready.mockClear();
  sound = new FakeSound();
  player = new Player(() => sound as unknown as Sound);
});

it("plays a queue to its end and makes sure of the session before each track", async () => {
  player.play(tracks, 1, ready);
  await settled();
  expect(sound.src).toBe("/b");
  expect(player.read()).toMatchObject({ at: 1, paused: false });
  sound.say("ended");
  await settled();
  expect(sound.src).toBe("/c");
  sound.paused = true;
  sound.say("pause");
  sound.say("ended");
  await settled();
  expect(player.read()).toMatchObject({ at: 2, paused: true });
  expect(ready).toHaveBeenCalledTimes(2);
});

it("goes back to the start of a track first, then to the one before", async () => {
  player.play(tracks, 1, ready);
  await settled();
  sound.currentTime = 10;
  sound.say("timeupdate");
  player.previous();
  expect(sound.currentTime).toBe(0);
  expect(player.read().at).toBe(1);
  player.previous();
  expect(player.read().at).toBe(0);
});

it("stays inside the track when one seeks, and between silence and full volume", async () => {
  player.play(tracks, 0, ready);
  await settled();
  sound.duration = 60;
  sound.say("durationchange");
  player.seek(90);
  expect(player.read().time).toBe(60);
  player.seek(-5);
  expect(player.read().time).toBe(0);
  player.setVolume(3);
  expect(sound.volume).toBe(1);
});

it("says when a track cannot be played, and tries it again when asked", async () => {
  player.play(tracks, 0, ready);
  await settled();
  sound.say("error");
  expect(player.read()).toMatchObject({ failed: true, paused: true });
  player.toggle();
  await settled();
  expect(player.read()).toMatchObject({ failed: false, paused: false });
  ready.mockRejectedValueOnce(new Error("offline"));
  player.jump(1);
  await settled();
  expect(player.read()).toMatchObject({ at: 1, failed: true });
});

it("takes tracks from the queue without a break, and ends with the last", async () => {
  player.play(tracks, 1, ready);
  await settled();
  player.remove(0);
  expect(player.read()).toMatchObject({ at: 0 });
  expect(player.track?.id).toBe("b");
  player.remove(0);
  await settled();
  expect(sound.src).toBe("/c");
  player.remove(0);
  expect(player.read()).toMatchObject({ at: -1, queue: [] });
  expect(sound.src).toBe("");
});
