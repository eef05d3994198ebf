import fc from "fast-check";
import { expect, test } from "vitest";

import type { Word } from "$lib/backend/types";

import { anySegment, anyText, segment, times } from "./test_segments";
import { wordRanges } from "./word_ranges";
import { retime } from "./retime";

function check(before: string, after: string, expected: string[]) {
  expect(times(retime(segment(before), after))).toEqual(expected);
}

test("words that stay keep their times", () => {
  check("one two three", "one two three", ["one 0-100", "two 120-220", "three 240-340"]);
  check("one two three", "one three", ["one 0-100", "three 240-340"]);
});

test("a word in the place of another takes its times, estimated", () => {
  check("one two three", "one too three", ["one 0-100", "too 120-220 ~", "three 240-340"]);
  check("one two", "two one", ["two 120-220", "one 220-220 ~"]);
});

test("case and punctuation are no other word", () => {
  check("one two three", "One, two: three!", ["One, 0-100", "two: 120-220", "three! 240-340"]);
});

test("more words than before share the time by their lengths", () => {
  check("one abcdef three", "one ab cdef three", [
    "one 0-100",
    "ab 120-153 ~",
    "cdef 153-220 ~",
    "three 240-340",
  ]);
});

test("a word put between two takes the gap", () => {
  check("one three", "one two three", ["one 0-100", "two 100-120 ~", "three 120-220"]);
  check("one", "one two", ["one 0-100", "two 100-100 ~"]);
});

test("Chinese words are characters", () => {
  check("你好世界", "你们好世界", [
    "你 0-100",
    "们 100-120 ~",
    "好 120-220",
    "世 240-340",
    "界 360-460",
  ]);
});

test("everything can go, and come back", () => {
  check("one two", "", []);
  const nothing = { start_ms: 50, end_ms: 250, words: [] };
  expect(times(retime(nothing, "ab cd"))).toEqual(["ab 50-150 ~", "cd 150-250 ~"]);
});

test("a typed word is certain and not measured", () => {
  const [, typed] = retime(segment("one two"), "one new");
  expect(typed).toMatchObject({ probability: 1, quality: null });
});

test("the words spell the text, in order, within the segment; what is measured was measured", () => {
  fc.assert(
    fc.property(anySegment, anyText, (before, text) => {
      const words = retime(before, text);
      expect(wordRanges(text, words)).not.toBeNull();
      let now = before.start_ms;
      for (const { start_ms, end_ms } of words) {
        expect(start_ms).toBeGreaterThanOrEqual(now);
        expect(end_ms).toBeGreaterThanOrEqual(start_ms);
        now = end_ms;
      }
      expect(now).toBeLessThanOrEqual(before.end_ms);
      for (const word of words) {
        if (word.quality === null) continue;
        const twin = before.words.find(
          (old) => old.start_ms === word.start_ms && old.end_ms === word.end_ms,
        );
        expect(twin).toBeDefined();
      }
    }),
  );
});

test("the same text changes nothing", () => {
  fc.assert(
    fc.property(anySegment, (before) => {
      expect(retime(before, before.text)).toEqual(before.words);
    }),
  );
});

test("typing at the end leaves every word before it alone", () => {
  fc.assert(
    fc.property(anySegment, (before) => {
      const words = retime(before, `${before.text.trimEnd()} zebra`);
      // Punctuation that stands alone at the end clings to the word before it.
      expect(words.slice(0, before.words.length - 1)).toEqual(before.words.slice(0, -1));
      expect(words.at(-1)?.text).toContain("zebra");
    }),
  );
});

test("words before and after what changed keep everything", () => {
  fc.assert(
    fc.property(anySegment, anyText, fc.nat(40), fc.nat(40), (before, typed, a, b) => {
      const from = Math.min(a, b, before.text.length);
      const to = Math.min(Math.max(a, b), before.text.length);
      const words = retime(before, before.text.slice(0, from) + typed + before.text.slice(to));
      // A word that lost its comma is the same word.
      const core = ({ text }: Word) =>
        text.replace(/[^\p{Alphabetic}\p{N}]/gu, "").toLowerCase() || text;
      const [now, old] = [words.map(core), before.words.map(core)];
      const n = Math.min(now.length, old.length);
      let head = 0;
      while (head < n && now[head] === old[head]) head += 1;
      let tail = 0;
      while (tail < n - head && now.at(-1 - tail) === old.at(-1 - tail)) tail += 1;
      const kept = (list: Word[]) =>
        [...list.slice(0, head), ...list.slice(list.length - tail)].map(
          ({ start_ms, end_ms, probability, quality }) => ({
            start_ms,
            end_ms,
            probability,
            quality,
          }),
        );
      expect(kept(words)).toEqual(kept(before.words));
    }),
  );
});
