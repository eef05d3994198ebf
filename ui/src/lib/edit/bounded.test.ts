/** What walks a text or its words is held to their length: a line may hold a whole book. */

import fc from "fast-check";
import { expect, test } from "vitest";

import type { Segment, Word } from "$lib/backend/types";
import { copied, counted } from "$lib/test_counters";

import * as change from "./change";
import { nextDoubtful } from "./doubtful_words";
import { find, replaceFound } from "./find_replace";
import { segment } from "./test_segments";
import { textRuns } from "./text_runs";
import { wordAt, wordRanges } from "./word_ranges";
import { retime } from "./retime";
import { between } from "./writing_system";
import { fold, seek } from "./substring_search";
import { split } from "./split_words";
import { UndoStack } from "./undo_stack";

const LONG = 100_000;

/** A phrase as often as it takes for so many letters. */
const again = (phrase: string) => phrase.repeat(Math.ceil(LONG / phrase.length));

const hard = [
  "a",
  "a ",
  "你",
  "你好，",
  "“",
  "((",
  " ",
  "\n",
  ", ",
  "Dr. ",
  "e\u0301",
  "😀",
  "\uFEFF",
];

test("a text is cut into words in one go", () => {
  for (const phrase of hard) {
    const text = again(phrase);
    let words: { from: number; to: number }[] = [];
    expect(copied(() => (words = split(text)))).toBeLessThanOrEqual(8 * text.length);
    const cut = words.map(({ from, to }) => text.slice(from, to)).join("");
    expect(cut.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  }
});

test("words are found where they stand and nowhere else", () => {
  for (const phrase of ["a ", "你", "a. "]) {
    const line = segment(again(phrase));
    const words = counted(line.words);
    let n = 0;
    const n_copied = copied(() => (n = wordRanges(line.text, words.list)?.length ?? 0));
    expect(n_copied).toBeLessThanOrEqual(2 * n);
    expect(n).toBe(line.words.length);
    expect(words.n()).toBeLessThanOrEqual(4 * n);
    const ranges = counted(wordRanges(line.text, line.words) ?? []);
    expect(wordAt(ranges.list, line.text.length)).toBe(n - 1);
    expect(ranges.n()).toBeLessThanOrEqual(4 * n);
  }
  // Neither at the end of a long text nor in one that is nearly the same is a word looked for.
  const [word] = segment("b").words as [Word];
  const stale = { ...word, text: `b${"a".repeat(LONG / 2)}` };
  expect(copied(() => expect(wordRanges(again("a"), [stale])).toBeNull())).toBeLessThanOrEqual(10);
});

test("a book in one line keeps the words it had", () => {
  const line = segment("One two");
  const words = retime(line, `${again("你").repeat(2)} one two`);
  expect(words).toHaveLength(2 * LONG + 2);
  expect(words.at(-1)).toEqual({ ...line.words[1], text: "two" });
  const old = segment(again("a b "));
  const before = counted(old.words);
  const after = retime({ ...old, words: before.list as Word[] }, again("c d "));
  expect(after).toHaveLength(old.words.length);
  expect(before.n()).toBeLessThanOrEqual(10 * old.words.length);
});

test("a long query is compared with every letter once", () => {
  const half = LONG / 2;
  const check = (text: string, query: string, n_found: number) => {
    const sought = counted(Array.from(query, fold));
    expect(seek(text, sought.list, fold)).toHaveLength(n_found);
    expect(sought.n()).toBeLessThanOrEqual(6 * (text.length + query.length));
  };
  check(again("a"), `${"a".repeat(half)}b`, 0);
  check(again("ab"), `${"AB".repeat(half / 2)}c`, 0);
  check(`${again("a")}b`, `${"a".repeat(half)}b`, 1);
  const found = find([{ ...segment(""), text: again("a") }], {
    text: "A".repeat(half),
    match_case: false,
    whole_words: false,
  });
  expect(found).toHaveLength(2);
});

test("a long query finds what a regular expression finds", () => {
  const letters = fc.constantFrom(..."aAbBiIıſsSKkσςΣßẞ你 .😀");
  const texts = fc.array(letters, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(texts, texts, fc.boolean(), (one, other, match_case) => {
      const query = one.join("").repeat(40);
      const text = `${other.join("").repeat(9)}${one.join("").toUpperCase().repeat(70)}${query}`;
      const literal = new RegExp(query.replaceAll(".", "\\."), match_case ? "gu" : "giu");
      const places = Array.from(text.matchAll(literal), (match) => match.index);
      const found = find([{ ...segment(""), text }], {
        text: query,
        match_case,
        whole_words: false,
      });
      expect(found.map(({ from }) => from)).toEqual(places);
    }),
  );
});

test("all places of a long text are replaced at once", () => {
  const line = segment(again("a b "));
  const found = counted(find([line], { text: "a", match_case: true, whole_words: false }));
  const done = replaceFound([line], found.list, "c");
  expect(done?.splices[0]?.insert[0]?.text).toBe(again("c b "));
  expect(found.n()).toBeLessThanOrEqual(4 * found.list.length);
  const ranges = wordRanges(line.text, line.words) ?? [];
  const words = counted(ranges);
  const drawn = textRuns(line.text, words.list, found.list, null);
  expect(drawn.map(({ text }) => text).join("")).toBe(line.text);
  expect(words.n()).toBeLessThanOrEqual(10 * ranges.length);
});

test("a change of every line moves none", () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => segment("a", i, "S1"));
  const renamed = change.renameSpeaker(lines, "S1", "Mara");
  let after: Segment[] = [];
  const n = copied(() => (after = change.apply(lines, renamed?.splices ?? []).segments));
  expect(n).toBeLessThanOrEqual(4 * lines.length);
  expect(change.speakers(after)).toEqual(["Mara"]);
  const many = change.replace(0, 1, [...lines, ...lines, ...lines, ...lines, ...lines, ...lines]);
  expect(change.apply(lines, many.splices).segments).toHaveLength(7 * lines.length - 1);
});

test("a long line is parted and merged", () => {
  const line = segment(again("a b "));
  const parted = change.part([line], { at: 0, offset: LONG / 2 });
  const halves = change.apply([line], parted?.splices ?? []).segments;
  const merged = change.apply(halves, change.merge(halves, 1)?.splices ?? []).segments;
  expect(merged[0]?.words).toEqual(line.words);
  expect(copied(() => expect(between(line.text, line.text)).toBe(" "))).toBeLessThanOrEqual(10);
  const words = counted(line.words);
  nextDoubtful([{ ...line, words: words.list as Word[] }], { at: 0, word: 0 }, 1);
  expect(words.n()).toBeLessThanOrEqual(2 * line.words.length);
});

test("typing without a rest is one step, however long", () => {
  const stack = new UndoStack([segment("")]);
  const n_keys = 2000;
  const type = (i: number) => {
    const done = change.replace(0, 1, [{ ...segment(""), text: "a".repeat(i) }]);
    stack.do(done, null, i * 100, "type 0");
  };
  const n = copied(() => {
    for (let i = 1; i <= n_keys; i += 1) type(i);
  });
  expect(n).toBeLessThanOrEqual(40 * n_keys);
  stack.undo();
  expect(stack.segments[0]?.text).toBe("");
  stack.redo();
  expect(stack.segments[0]?.text).toBe("a".repeat(n_keys));
});
