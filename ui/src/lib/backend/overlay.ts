/** The contract between the page of a small window and the shell. */

import type { Event, Settings } from "./types";

export interface Overlay {
  /** Begins: what was chosen, and from now on every event that concerns this overlay, in order. */
  open(listen: (event: Event) => void): Promise<Settings>;
  /** Closes the window. */
  close(): Promise<void>;
  /** Lets the window follow the mouse until its button is released. */
  drag(): Promise<void>;
  /** Moves the window and makes it larger by so many pixels. */
  nudge(by: { x?: number; y?: number; width?: number; height?: number }): Promise<void>;
  /** Remembers how large captions are; the settings tell it. */
  captionSize(px: number): Promise<void>;
}

/** The shell, or in the build for tests and design the mock. */
export async function connect(): Promise<Overlay> {
  if (import.meta.env.MODE === "mock") return (await import("./mock/overlay")).onThePage();
  return (await import("./tauri_overlay")).overlay;
}
