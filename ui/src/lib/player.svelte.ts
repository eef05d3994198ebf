/** The player of one recording. */

import type { Ms } from "./backend";

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

/** The second click of a double click comes within this time of the first. Units: ms. */
const SECOND_CLICK_MS = 250;

/** `HTMLMediaElement.HAVE_METADATA` */
const HAVE_METADATA = 1;

export class Player {
  now_ms = $state<Ms>(0);
  isPlaying = $state(false);
  isBroken = $state(false);
  speed = $state(1);
  /** Plays this stretch again and again. */
  loop = $state.raw<{ start_ms: Ms; end_ms: Ms } | null>(null);
  /** The text scrolls along. */
  follows = $state(true);
  /** How long the recording is; 0 while that is not known. */
  duration_ms = $state<Ms>(0);
  #audio: HTMLAudioElement | null;
  #frame = 0;
  #click: ReturnType<typeof setTimeout> | undefined;
  #wasPlaying = false;
  /** Where to go as soon as the sound can be sought in: a seek before that is lost. */
  #wanted_ms: Ms | null = null;

  constructor(url: string | null, duration_ms: Ms) {
    this.duration_ms = duration_ms;
    this.#audio = url === null ? null : new Audio(url);
    if (!this.#audio) return;
    this.#audio.preload = "auto";
    this.#audio.preservesPitch = true;
    this.#audio.addEventListener("loadedmetadata", () => {
      const length_ms = Math.round((this.#audio?.duration ?? 0) * 1000);
      if (this.duration_ms === 0 && Number.isFinite(length_ms)) this.duration_ms = length_ms;
      if (this.#wanted_ms !== null) this.seek(this.#wanted_ms);
    });
    this.#audio.addEventListener("play", () => {
      this.isPlaying = true;
      this.#frame = requestAnimationFrame(this.#tick);
    });
    this.#audio.addEventListener("pause", () => {
      this.isPlaying = false;
      cancelAnimationFrame(this.#frame);
    });
    this.#audio.addEventListener("seeked", this.#read);
    this.#audio.addEventListener("error", () => (this.isBroken = true));
  }

  get isThere(): boolean {
    return this.#audio !== null && !this.isBroken;
  }

  toggle(): void {
    clearTimeout(this.#click);
    if (this.isPlaying) this.#audio?.pause();
    else this.#play();
  }

  playFrom(ms: Ms): void {
    this.#goTo(ms);
    this.#play();
  }

  /** Goes to a place at once, and plays from it unless a second click follows the first. */
  playAfterClick(ms: Ms): void {
    this.#goTo(ms);
    this.#wasPlaying = this.isPlaying;
    this.#click = setTimeout(() => {
      this.#play();
    }, SECOND_CLICK_MS);
  }

  /** The second click of a double click: whether it plays is as it was before the first. */
  takeClickBack(): void {
    clearTimeout(this.#click);
    if (!this.#wasPlaying) this.#audio?.pause();
  }

  seek(ms: Ms): void {
    this.now_ms = Math.max(0, Math.min(ms, this.duration_ms));
    const isThere = this.#audio !== null && this.#audio.readyState >= HAVE_METADATA;
    this.#wanted_ms = isThere ? null : this.now_ms;
    if (this.#audio && isThere) this.#audio.currentTime = this.now_ms / 1000;
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    if (this.#audio) this.#audio.playbackRate = speed;
  }

  stepSpeed(direction: 1 | -1): void {
    const next = SPEEDS[SPEEDS.indexOf(this.speed) + direction];
    if (next !== undefined) this.setSpeed(next);
  }

  /** Lets go of the recording. */
  close(): void {
    clearTimeout(this.#click);
    cancelAnimationFrame(this.#frame);
    this.#audio?.pause();
    this.#audio?.removeAttribute("src");
    this.#audio = null;
  }

  #goTo(ms: Ms): void {
    clearTimeout(this.#click);
    if (this.loop && (ms < this.loop.start_ms || ms >= this.loop.end_ms)) this.loop = null;
    this.seek(ms);
  }

  #play(): void {
    this.#audio?.play().catch((error: unknown) => {
      // Pausing before the sound has come is no failure.
      if (!(error instanceof DOMException && error.name === "AbortError")) this.isBroken = true;
    });
  }

  #tick = (): void => {
    this.#read();
    if (this.loop && this.now_ms >= this.loop.end_ms) this.seek(this.loop.start_ms);
    this.#frame = requestAnimationFrame(this.#tick);
  };

  #read = (): void => {
    if (this.#audio && this.#wanted_ms === null)
      this.now_ms = Math.round(this.#audio.currentTime * 1000);
  };
}
