import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Player } from "./player.svelte";

/** As a browser's, which loses a seek while it knows nothing of the sound yet. */
class Sound extends EventTarget {
  static last: Sound;
  readyState = 0;
  playbackRate = 1;
  preload = "";
  preservesPitch = false;
  #now_s = 0;

  constructor() {
    super();
    Sound.last = this;
  }

  get currentTime(): number {
    return this.#now_s;
  }

  set currentTime(seconds: number) {
    if (this.readyState === 0) return;
    this.#now_s = seconds;
    this.dispatchEvent(new Event("seeked"));
  }

  play(): Promise<void> {
    this.dispatchEvent(new Event("play"));
    return Promise.resolve();
  }

  pause(): void {
    this.dispatchEvent(new Event("pause"));
  }

  removeAttribute(): void {
    this.pause();
  }

  load(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("loadedmetadata"));
  }
}

let frame: (() => void) | undefined;

beforeEach(() => {
  vi.stubGlobal("Audio", Sound);
  vi.stubGlobal("requestAnimationFrame", (next: () => void) => {
    frame = next;
    return 1;
  });
  vi.stubGlobal("cancelAnimationFrame", () => (frame = undefined));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("a word that is clicked before the sound has come is played when it has", () => {
  const player = new Player("http://sound", 10_000);
  player.playFrom(2500);
  frame?.();
  expect(player.now_ms).toBe(2500);
  Sound.last.load();
  expect(Sound.last.currentTime).toBe(2.5);
  frame?.();
  expect(player.now_ms).toBe(2500);
});

test("only the last place counts that was asked for before the sound has come", () => {
  const player = new Player("http://sound", 10_000);
  player.seek(2500);
  player.seek(99_000);
  Sound.last.load();
  expect(Sound.last.currentTime).toBe(10);
  player.seek(1000);
  expect(Sound.last.currentTime).toBe(1);
});

test("a click plays when no second one follows, and goes there at once", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const player = new Player("http://sound", 10_000);
  Sound.last.load();
  player.playAfterClick(2500);
  expect(player.now_ms).toBe(2500);
  expect(player.isPlaying).toBe(false);
  vi.runAllTimers();
  expect(player.isPlaying).toBe(true);

  // A second click, fast or slow, leaves it as it was.
  player.playAfterClick(3000);
  player.takeClickBack();
  vi.runAllTimers();
  expect(player.isPlaying).toBe(true);
  player.toggle();
  player.playAfterClick(3000);
  player.takeClickBack();
  vi.runAllTimers();
  expect(player.isPlaying).toBe(false);
  player.playAfterClick(3000);
  vi.runAllTimers();
  player.takeClickBack();
  expect(player.isPlaying).toBe(false);
  player.playAfterClick(3000);
  player.close();
  vi.runAllTimers();
  expect(player.isPlaying).toBe(false);
  vi.useRealTimers();
});
