import { expect, test } from "vitest";

import { apply } from "./change";
import { nextDoubtful } from "./doubtful_words";
import { find, nearest, replaceFound } from "./find_replace";
import { segment, times } from "./test_segments";
import { lastStarted, spokenAt } from "./word_at_time";
import { textRuns } from "./text_runs";
import { spokenPart, wordRanges } from "./word_ranges";

const lines = [segment("The tide, the tide"), segment("你好世界", 1000), segment("a.b", 2000)];

test("every place is found, letters or signs", () => {
  expect(find(lines, { text: "THE", match_case: false, whole_words: false })).toHaveLength(2);
  expect(find(lines, { text: "the", match_case: true, whole_words: false })).toEqual([
    { at: 0, from: 10, to: 13 },
  ]);
  expect(find(lines, { text: "世", match_case: false, whole_words: false })).toEqual([
    { at: 1, from: 2, to: 3 },
  ]);
  expect(find(lines, { text: ".", match_case: false, whole_words: false })).toEqual([
    { at: 2, from: 1, to: 2 },
  ]);
  expect(find(lines, { text: "", match_case: false, whole_words: false })).toEqual([]);
});

test("whole words are those that go on over neither end", () => {
  const n = (text: string, query: string) =>
    find([segment(text)], { text: query, match_case: false, whole_words: true }).length;
  expect(n("Ten of the often tens", "ten")).toBe(1);
  expect(n("ten,ten (ten) ten’s", "ten")).toBe(4);
  expect(n("über Überfahrt e\u0301t", "über")).toBe(1);
  expect(n("et\u0301", "et")).toBe(0);
  expect(n("世界和世界观", "世界")).toBe(2);
  expect(n("用GPU算", "gpu")).toBe(1);
  expect(n("a.b", ".")).toBe(1);
  expect(n("𝒜𝒜", "𝒜")).toBe(0);
  const long = "harbour survey, third session and more of it";
  expect(n(`${long}s`, long)).toBe(0);
  expect(n(`the ${long}.`, long)).toBe(1);
});

test("the next place is at or after the caret, then the first", () => {
  const found = find(lines, { text: "tide", match_case: false, whole_words: false });
  expect(nearest(found, 0, 5)).toBe(1);
  expect(nearest(found, 0, 4)).toBe(0);
  expect(nearest(found, 2, 0)).toBe(0);
});

test("all places are replaced at once and the other words keep their times", () => {
  const found = find(lines, { text: "tide", match_case: false, whole_words: false });
  const done = replaceFound(lines, found, "ebb");
  const [line] = apply(lines, done?.splices ?? []).segments;
  expect(line?.text).toBe("The ebb, the ebb");
  expect(times(line?.words ?? [])).toEqual([
    "The 0-100",
    "ebb, 120-220 ~",
    "the 240-340",
    "ebb 360-460 ~",
  ]);
  expect(done?.splices).toHaveLength(1);
  expect(replaceFound(lines, [], "x")).toBeNull();
});

test("a line is drawn in pieces that are its text", () => {
  const line = segment("one two.");
  const ranges = wordRanges(line.text, line.words) ?? [];
  const found = [{ at: 0, from: 2, to: 5 }];
  const drawn = textRuns(line.text, ranges, found, found[0] ?? null);
  expect(drawn.map(({ text, word, found: f }) => [text, word, f])).toEqual([
    ["on", 0, "no"],
    ["e", 0, "current"],
    [" ", -1, "current"],
    ["t", 1, "current"],
    ["wo.", 1, "no"],
  ]);
  expect(textRuns("", [], [], null)).toEqual([]);
});

test("words that do not spell the text have no places", () => {
  expect(wordRanges("one three", segment("one two").words)).toBeNull();
  expect(wordRanges("one two three", segment("one two").words)).toBeNull();
  expect(wordRanges("the theme", segment("the theme").words)).toEqual([
    { from: 0, to: 3 },
    { from: 4, to: 9 },
  ]);
});

test("the spoken word is the last that began", () => {
  expect(spokenAt(lines, 130)).toEqual({ at: 0, word: 1 });
  expect(spokenAt(lines, 900)).toEqual({ at: 0, word: 3 });
  expect(spokenAt(lines, 1000)).toEqual({ at: 1, word: 0 });
  expect(spokenAt([segment("a", 500)], 499)).toBeNull();
  expect(lastStarted([], 5)).toBe(-1);
});

test("doubtful words are visited in a circle, both ways", () => {
  const doubt = (text: string, at: number) => {
    const line = segment(text);
    const words = line.words.map((word, i) => (i === at ? { ...word, probability: 0.3 } : word));
    return { ...line, words };
  };
  const all = [doubt("a b c", 1), doubt("d e", 0)];
  expect(nextDoubtful(all, { at: 0, word: 0 }, 1)).toEqual({ at: 0, word: 1 });
  expect(nextDoubtful(all, { at: 0, word: 1 }, 1)).toEqual({ at: 1, word: 0 });
  expect(nextDoubtful(all, { at: 1, word: 0 }, 1)).toEqual({ at: 0, word: 1 });
  expect(nextDoubtful(all, { at: 0, word: 1 }, -1)).toEqual({ at: 1, word: 0 });
  expect(nextDoubtful([segment("a")], { at: 0, word: 0 }, 1)).toBeNull();
});

test("a word is selected without its punctuation", () => {
  const selected = (text: string) => {
    const { from, to } = spokenPart(text, { from: 0, to: text.length });
    return text.slice(from, to);
  };
  expect(selected("(everyone,”")).toBe("everyone");
  expect(selected("it’s")).toBe("it’s");
  expect(selected("“3.5%”")).toBe("3.5");
  expect(selected("好。")).toBe("好");
  expect(selected("—")).toBe("—");
});
