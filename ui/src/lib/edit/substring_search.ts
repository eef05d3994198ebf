/** Looks for a long stretch of letters: every letter of the text is read once. */

import type { Range } from "./split_words";

/**
 * Every place of some letters in a text, in order; they do not overlap. `letterOf` says what a
 * letter of the text is compared as.
 *
 * Source: Knuth, Morris and Pratt, Fast Pattern Matching in Strings (1977).
 */
export function seek(
  text: string,
  sought: readonly string[],
  letterOf: (c: string) => string,
): Range[] {
  const borders = bordersOf(sought);
  const found: Range[] = [];
  const starts: number[] = [];
  let n = 0;
  let at = 0;
  for (const c of text) {
    starts.push(at);
    at += c.length;
    n = longer(sought, borders, n, letterOf(c));
    if (n === sought.length) {
      found.push({ from: starts.at(-n) ?? 0, to: at });
      n = 0;
    }
  }
  return found;
}

/** How many letters each beginning of a list has at its end as at its start, itself left out. */
function bordersOf(sought: readonly string[]): number[] {
  const borders: number[] = [];
  let n = 0;
  sought.forEach((letter, i) => {
    if (i > 0) n = longer(sought, borders, n, letter);
    borders.push(n);
  });
  return borders;
}

/** How much of the beginning stands at the end of a text that had `n` of it and gets a letter. */
function longer(
  sought: readonly string[],
  borders: readonly number[],
  n: number,
  letter: string,
): number {
  while (n > 0 && sought[n] !== letter) n = borders[n - 1] ?? 0;
  return sought[n] === letter ? n + 1 : n;
}

/** A letter as it is compared in any case; as a regular expression does that ignores case. */
export function fold(c: string): string {
  if (c === "ı") return c; // the capital of another letter, too
  const one = (letter: string) => (letter.length === c.length ? letter : c);
  return one(one(c.toUpperCase()).toLowerCase());
}
