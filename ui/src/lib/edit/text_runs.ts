/** Text runs are the parts a line is drawn in: its text, cut where a word or a search match
 * begins or ends. */

import type { Found } from "./find_replace";
import type { Range } from "./split_words";

export interface TextRun {
  text: string;
  /** Index of the word it belongs to, or -1 between words. */
  word: number;
  found: "no" | "yes" | "current";
}

/** The runs of a text; joined, they are the text. */
export function textRuns(
  text: string,
  words: readonly Range[],
  found: readonly Found[],
  current: Found | null,
): TextRun[] {
  const cuts = new Set([0, text.length]);
  for (const { from, to } of [...words, ...found]) cuts.add(from).add(to);
  const sorted = [...cuts].sort((a, b) => a - b);
  let word = 0;
  let hit = 0;
  return sorted.slice(0, -1).map((from, i) => {
    while ((words[word]?.to ?? Infinity) <= from) word += 1;
    while ((found[hit]?.to ?? Infinity) <= from) hit += 1;
    const inWord = (words[word]?.from ?? Infinity) <= from;
    const place = found[hit];
    const isFound = place !== undefined && place.from <= from;
    return {
      text: text.slice(from, sorted[i + 1]),
      word: inWord ? word : -1,
      found: !isFound ? "no" : place === current ? "current" : "yes",
    };
  });
}
