/** Connects the mock to a page: the address selects the scene, drops come from the browser. */

import { mock, type Mock } from ".";
import { ManualClock, wallClock } from "./clock";
import type { Failure, Opening, Settings } from "../types";

declare global {
  interface Window {
    /** For tests in a browser. */
    mock?: Mock & { advance(ms: number): void };
  }
}

/** `?clock=manual&empty&long&broken&lang=zh-CN&theme=dark` */
export function onThePage(): Mock {
  const asked = new URLSearchParams(location.search);
  const clock =
    asked.get("clock") === "manual"
      ? new ManualClock(new Date(2026, 10, 20, 10).getTime())
      : wallClock;
  const settings: Partial<Settings> = {};
  const language = asked.get("lang");
  const theme = asked.get("theme");
  if (language === "en" || language === "zh-CN") settings.interface_language = language;
  if (theme === "light" || theme === "dark") settings.theme = theme;
  const backend = mock({ clock, empty: asked.has("empty"), long: asked.has("long"), settings });
  if (asked.has("broken")) {
    const message = "cannot make `/home/mara/.local/share/earmark`: Permission denied";
    backend.open = () => Promise.reject<Opening>({ code: "store", message } satisfies Failure);
  }
  takeDrops(backend);
  window.mock = Object.assign(backend, {
    advance: (ms: number) => {
      if (clock instanceof ManualClock) clock.advance(ms);
    },
  });
  return backend;
}

/** The shell is told of drops by the system; here the browser tells. */
function takeDrops(backend: Mock): void {
  let depth = 0;
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragenter", (event) => {
    if (carriesFiles(event) && depth++ === 0) backend.emit({ kind: "drag", phase: "over" });
  });
  addEventListener("dragleave", (event) => {
    if (carriesFiles(event) && --depth === 0) backend.emit({ kind: "drag", phase: "left" });
  });
  addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    backend.emit({ kind: "drag", phase: "dropped" });
    backend.submit([...(event.dataTransfer?.files ?? [])].map((file) => file.name));
  });
}
