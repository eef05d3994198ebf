/** The contract between the page of a small window and the shell. */

import type { Event, Settings } from "./types";

export interface Pane {
  /** Begins: what was chosen, and from now on every event that concerns this pane, in order.
   * `open_pane` */
  open(listen: (event: Event) => void): Promise<Settings>;
  /** Closes the window. `close_pane` */
  close(): Promise<void>;
  /** Lets the window follow the mouse until its button is released. `drag_pane` */
  drag(): Promise<void>;
  /** Moves the window and makes it larger by so many pixels. `nudge_pane` */
  nudge(by: { x?: number; y?: number; width?: number; height?: number }): Promise<void>;
  /** Remembers how large captions are; the settings tell it. `caption_size` */
  captionSize(px: number): Promise<void>;
}

/** The shell, or in the build for tests and design the mock. */
export async function connect(): Promise<Pane> {
  if (import.meta.env.MODE === "mock") return (await import("./mock/pane")).onThePage();
  return (await import("./tauri-pane")).pane;
}
