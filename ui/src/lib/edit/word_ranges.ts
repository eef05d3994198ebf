/** The ranges of a segment's words in its text. */

import type { Word } from "$lib/backend/types";

import type { Range } from "./split_words";

/**
 * The place of each word, in order; `null` when the words do not spell the text. A word stands
 * behind nothing but white space, so that none is looked for further on.
 */
export function wordRanges(text: string, words: readonly Word[]): Range[] | null {
  const ranges: Range[] = [];
  let at = 0;
  for (const word of words) {
    const indent = word.text.length - word.text.trimStart().length;
    const from = visible(text, at) - indent;
    if (word.text === "" || from < at || !text.startsWith(word.text, from)) return null;
    at = from + word.text.length;
    ranges.push({ from, to: at });
  }
  return visible(text, at) === text.length ? ranges : null;
}

/** What of a word is letters, digits and what stands between them; all of it when it has none. */
export function spokenPart(text: string, { from, to }: Range): Range {
  const word = text.slice(from, to);
  const first = word.search(/[\p{L}\p{M}\p{N}]/u);
  if (first < 0) return { from, to };
  const rest = word.replace(/[^\p{L}\p{M}\p{N}]+$/u, "");
  return { from: from + first, to: from + rest.length };
}

/** Where the first letter at or after a place stands that is not white space. */
function visible(text: string, at: number): number {
  const letter = /\S/g;
  letter.lastIndex = at;
  return letter.exec(text)?.index ?? text.length;
}

/** Index of the word at or after an offset in the text; the last one at the end. */
export function wordAt(ranges: readonly Range[], offset: number): number {
  const at = ranges.findIndex((range) => offset < range.to);
  return at < 0 ? ranges.length - 1 : at;
}
