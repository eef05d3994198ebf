/** Applies language, theme and text size to a page. */

import type { Settings } from "./backend/types";
import { setLanguage } from "./i18n/index.svelte";

export function applyTheme({ interface_language, theme, text_px }: Settings): void {
  setLanguage(interface_language);
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  root.style.setProperty("--text-px", `calc(${text_px}px * var(--zoom))`);
}
