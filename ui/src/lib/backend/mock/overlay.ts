/** The mock's shell for a small window: it says what a test lets it say. */

import type { Overlay } from "../overlay";
import type { Event, Settings } from "../types";
import { defaults } from "./sample_history";

/** What a test may ask besides. */
export interface MockOverlay extends Overlay {
  emit(event: Event): void;
  /** What the page asked for, in order. */
  readonly asked: string[];
}

declare global {
  interface Window {
    /** For tests in a browser. */
    overlay?: MockOverlay;
  }
}

/** `?overlay=captions&lang=zh-CN&theme=dark` */
export function onThePage(): MockOverlay {
  const query = new URLSearchParams(location.search);
  const language = query.get("lang");
  const theme = query.get("theme");
  let settings: Settings = { ...defaults };
  if (language === "en" || language === "zh-CN") settings.interface_language = language;
  if (theme === "light" || theme === "dark") settings.theme = theme;
  let listen: (event: Event) => void = () => undefined;
  const asked: string[] = [];
  const note = async (what: string) => void asked.push(what);
  const overlay: MockOverlay = {
    asked,
    emit: (event) => {
      listen(event);
    },
    open: async (listener) => {
      listen = listener;
      return settings;
    },
    close: () => note("close"),
    drag: () => note("drag"),
    nudge: (by) => note(`nudge ${JSON.stringify(by)}`),
    captionSize: async (caption_px) => {
      settings = { ...settings, caption_px };
      listen({ kind: "settings", settings });
    },
  };
  window.overlay = overlay;
  return overlay;
}
