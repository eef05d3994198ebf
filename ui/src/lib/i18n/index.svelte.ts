/** The texts of the language that is shown. */

import type { Settings } from "$lib/backend/types";

import { en, type Messages } from "./en";
import { zh } from "./zh";

export type { Messages };

declare global {
  interface Window {
    /** The language of the system, as the shell tells it. */
    systemLanguage?: "en" | "zh-CN";
  }
}

const dictionaries: Record<"en" | "zh-CN", Messages> = { en, "zh-CN": zh };
/** Each language's name in itself. */
export const nativeNames = { en: "English", "zh-CN": "简体中文" };

let language = $state<"en" | "zh-CN">("en");

/** `t.queue.pause` is a text in the shown language; when the language changes, so does the screen. */
export const t: Messages = new Proxy(en, {
  get: (_, key) => dictionaries[language][key as keyof Messages],
});

/** Shows a language, or the system's. */
export function setLanguage(choice: Settings["interface_language"]): void {
  language = choice === "system" ? systemLanguage() : choice;
  document.documentElement.lang = language;
}

/** The shell knows it better than the browser that draws the page. */
function systemLanguage(): "en" | "zh-CN" {
  return window.systemLanguage ?? (navigator.language.startsWith("zh") ? "zh-CN" : "en");
}
