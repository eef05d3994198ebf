/** Words keep their times when the text around them changes. */

import type { Ms, Segment, Word } from "$lib/backend/types";

import { split } from "./split_words";

/** More comparisons than this are not made; everything that changed then counts as new. */
const MOST_COMPARISONS = 4_000_000;

/** The segment with another text. */
export function withText(segment: Segment, text: string): Segment {
  return { ...segment, text, words: retime(segment, text) };
}

/**
 * The words of a new text. A word that stood there before keeps its times, its probability and
 * its quality, also when only its case or punctuation changed. Words that replace as many others
 * take their places one by one; otherwise they share the time of those they replace, or the gap
 * they were put into, by their lengths. Times that come about so are estimated (`quality` null),
 * and a typed word is certain (`probability` 1).
 */
export function retime(
  before: Pick<Segment, "start_ms" | "end_ms" | "words">,
  text: string,
): Word[] {
  const old = before.words;
  const texts = split(text).map(({ from, to }) => text.slice(from, to));
  const pairs = matches(
    old.map((word) => core(word.text)),
    texts.map(core),
  );

  const words: Word[] = [];
  let nOld = 0;
  for (const [i, j] of [...pairs, [old.length, texts.length] as const]) {
    const gone = old.slice(nOld, i);
    const come = texts.slice(words.length, j);
    const low = old[nOld - 1]?.end_ms ?? before.start_ms;
    const high = old[i]?.start_ms ?? before.end_ms;
    // One by one: a call takes tens of thousands of arguments and no more.
    for (const word of estimated(come, gone, low, Math.max(low, high))) words.push(word);
    const kept = old[i];
    const keptText = texts[j];
    if (kept && keptText !== undefined) words.push({ ...kept, text: keptText });
    nOld = i + 1;
  }
  return words;
}

/** New words for those that are gone, or for the gap from `low` to `high`. */
function estimated(texts: string[], gone: Word[], low: Ms, high: Ms): Word[] {
  const typed = (text: string, start_ms: Ms, end_ms: Ms): Word => {
    return { text, start_ms, end_ms, probability: 1, quality: null };
  };
  const first = gone[0];
  const last = gone.at(-1);
  if (first && last && gone.length === texts.length) {
    return gone.map((word, i) => typed(texts[i] ?? "", word.start_ms, word.end_ms));
  }
  const start = first?.start_ms ?? low;
  const end = last?.end_ms ?? high;
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  let done = 0;
  return texts.map((text) => {
    const from = Math.round(start + ((end - start) * done) / total);
    done += text.length;
    return typed(text, from, Math.round(start + ((end - start) * done) / total));
  });
}

/** What of a word is spoken: its letters and digits, in one case; all of it when it has none. */
function core(word: string): string {
  return word.replace(/[^\p{Alphabetic}\p{N}]/gu, "").toLowerCase() || word;
}

/** Pairs of equal elements, a longest common subsequence, both indices rising. */
function matches(a: string[], b: string[]): (readonly [number, number])[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  const most = Math.min(a.length, b.length) - head;
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;

  const range = (n: number, i: number, j: number) =>
    Array.from({ length: n }, (_, k) => [i + k, j + k] as const);
  return [
    ...range(head, 0, 0),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)).map(
      ([i, j]) => [i + head, j + head] as const,
    ),
    ...range(tail, a.length - tail, b.length - tail),
  ];
}

function middle(a: string[], b: string[]): [number, number][] {
  if (a.length * b.length > MOST_COMPARISONS) return [];
  const width = b.length + 1;
  // longest[i * width + j]: how much a[i..] and b[j..] have in common.
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}
