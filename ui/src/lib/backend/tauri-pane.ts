/** The real shell, as a small window reaches it. */

import { Channel } from "@tauri-apps/api/core";

import { ask } from "./invoke";
import type { Pane } from "./pane";
import type { Event } from "./types";

export const pane: Pane = {
  open: (listen) => {
    const events = new Channel<Event>();
    events.onmessage = listen;
    return ask("open_pane", { events });
  },
  close: () => ask("close_pane"),
  drag: () => ask("drag_pane"),
  nudge: ({ x = 0, y = 0, width = 0, height = 0 }) => ask("nudge_pane", { x, y, width, height }),
  captionSize: (px) => ask("caption_size", { px }),
};
