/** The words of the language that is shown. */

import type { Settings } from "$lib/backend/types";

import { en, type Words } from "./en";
import { zh } from "./zh";

export type { Words };

const dictionaries: Record<"en" | "zh-CN", Words> = { en, "zh-CN": zh };
/** What each language calls itself. */
export const ownNames = { en: "English", "zh-CN": "简体中文" };

let language = $state<"en" | "zh-CN">("en");

/** `say.queue.pause` is the word for it; a changed language changes the screen. */
export const say: Words = new Proxy(en, {
  get: (_, key) => dictionaries[language][key as keyof Words],
});

/** Shows a language, or the system's. */
export function speakIn(choice: Settings["interface_language"]): void {
  const system = navigator.language.startsWith("zh") ? "zh-CN" : "en";
  language = choice === "system" ? system : choice;
  document.documentElement.lang = language;
}
