/** Where the words of a segment stand in its text. */

import type { Word } from "$lib/backend/types";

import type { Range } from "./split";

/** The place of each word, in order; `null` when the words do not spell the text. */
export function place(text: string, words: readonly Word[]): Range[] | null {
  const ranges: Range[] = [];
  let at = 0;
  for (const word of words) {
    const from = text.indexOf(word.text, at);
    if (from < 0 || word.text === "" || text.slice(at, from).trim() !== "") return null;
    at = from + word.text.length;
    ranges.push({ from, to: at });
  }
  return text.slice(at).trim() === "" ? ranges : null;
}

/** Index of the word that holds or follows a place in the text; the last one at the end. */
export function wordAt(ranges: readonly Range[], offset: number): number {
  const at = ranges.findIndex((range) => offset < range.to);
  return at < 0 ? ranges.length - 1 : at;
}
