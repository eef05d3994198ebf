/** What the settings say about every page. */

import type { Settings } from "./backend/types";
import { speakIn } from "./i18n/index.svelte";

export function dress({ interface_language, theme, text_px }: Settings): void {
  speakIn(interface_language);
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  root.style.setProperty("--text-px", `${text_px}px`);
}
