/** Segments for tests. */

import fc from "fast-check";

import type { Segment, Word } from "$lib/backend/types";

import { split } from "./split_words";

/** A measured segment in which every word takes 100 ms and 20 ms lie between two. */
export function segment(text: string, start_ms = 0, speaker: string | null = null): Segment {
  const words = split(text).map(({ from, to }, i): Word => {
    const start = start_ms + 120 * i;
    return {
      text: text.slice(from, to),
      start_ms: start,
      end_ms: start + 100,
      probability: 0.9,
      quality: 0.8,
    };
  });
  return {
    start_ms,
    end_ms: words.at(-1)?.end_ms ?? start_ms,
    text,
    language: "English",
    timing: "aligned",
    speaker,
    words,
  };
}

/** `hello 0-100, wor~ld 120-220?` would be hard to read; this is what tests compare. */
export function times(words: readonly Word[]): string[] {
  return words.map(
    ({ text, start_ms, end_ms, quality }) =>
      `${text} ${start_ms}-${end_ms}${quality === null ? " ~" : ""}`,
  );
}

const bits = ["a", "on", "tide", "Port", "x,", "你", "好。", "(no", "3", "—", " ", "  "];

/** Any text a person might type. */
export const anyText = fc
  .array(fc.constantFrom(...bits), { maxLength: 14 })
  .map((list) => list.map((bit) => (/\w/.test(bit) ? `${bit} ` : bit)).join(""));

/** Any segment, with words that follow each other. */
export const anySegment = fc
  .tuple(anyText, fc.nat(5000), fc.array(fc.tuple(fc.nat(400), fc.nat(80)), { minLength: 20 }))
  .map(([text, start_ms, gaps]) => {
    let now = start_ms;
    const made = segment(text, start_ms);
    const words = made.words.map((word, i) => {
      const [length, rest] = gaps[i % gaps.length] ?? [0, 0];
      const timed = { ...word, start_ms: now, end_ms: now + length };
      now += length + rest;
      return timed;
    });
    return { ...made, words, end_ms: words.at(-1)?.end_ms ?? start_ms };
  });
