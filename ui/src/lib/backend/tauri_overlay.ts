/** The real shell, as a small window reaches it. */

import { Channel } from "@tauri-apps/api/core";

import { askFromOverlay as ask } from "./invoke";
import type { Overlay } from "./overlay";
import type { Event } from "./types";

export const overlay: Overlay = {
  open: (listen) => {
    const events = new Channel<Event>();
    events.onmessage = listen;
    return ask("open_overlay", { events });
  },
  close: () => ask("close_overlay"),
  drag: () => ask("drag_overlay"),
  nudge: ({ x = 0, y = 0, width = 0, height = 0 }) => ask("nudge_overlay", { x, y, width, height }),
  captionSize: (px) => ask("caption_size", { px }),
};
