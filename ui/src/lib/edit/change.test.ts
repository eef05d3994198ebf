import fc from "fast-check";
import { expect, test } from "vitest";

import * as change from "./change";
import { apply, type Change } from "./change";
import { anySegment, segment, times } from "./test_segments";
import { wordRanges } from "./word_ranges";

const after = (segments: Parameters<typeof apply>[0], done: Change | null) =>
  apply(segments, done?.splices ?? []).segments;

test("a line is parted between words, each half with its own times", () => {
  const [left, right] = after(
    [segment("one two three")],
    change.part([segment("one two three")], { at: 0, offset: 8 }),
  );
  expect(left).toMatchObject({ text: "one two", start_ms: 0, end_ms: 220 });
  expect(right).toMatchObject({ text: "three", start_ms: 240, end_ms: 340 });
  expect(times(right?.words ?? [])).toEqual(["three 240-340"]);
});

test("a line is parted inside a word, which is estimated then", () => {
  const line = [segment("one abcd")];
  const done = change.part(line, { at: 0, offset: 6 });
  expect(after(line, done).map(({ text, words }) => [text, times(words)])).toEqual([
    ["one ab", ["one 0-100", "ab 120-170 ~"]],
    ["cd", ["cd 170-220 ~"]],
  ]);
  expect(done?.caret).toEqual({ at: 1, offset: 0 });
});

test("nothing is parted at the ends", () => {
  expect(change.part([segment("one two")], { at: 0, offset: 0 })).toBeNull();
  expect(change.part([segment("one two")], { at: 0, offset: 7 })).toBeNull();
});

test("two lines become one, with a space where one belongs", () => {
  const lines = [segment("one two"), segment("three", 300)];
  const done = change.merge(lines, 1);
  expect(after(lines, done)).toMatchObject([{ text: "one two three", start_ms: 0, end_ms: 400 }]);
  expect(done?.caret).toEqual({ at: 0, offset: 8 });
  const chinese = [segment("你好"), segment("世界", 300)];
  expect(after(chinese, change.merge(chinese, 1))[0]?.text).toBe("你好世界");
  expect(change.merge(lines, 0)).toBeNull();
});

test("a merged line is as coarse as its coarser half", () => {
  const lines = [segment("one"), { ...segment("two", 300), timing: "piece" as const }];
  expect(after(lines, change.merge(lines, 1))[0]?.timing).toBe("piece");
  const given = [segment("one"), segment("two", 300)].map((it) => ({
    ...it,
    timing: "given" as const,
  }));
  expect(after(given, change.merge(given, 1))[0]?.timing).toBe("given");
});

test("a speaker is renamed everywhere and nowhere else", () => {
  const lines = [segment("a", 0, "S1"), segment("b", 200, "S2"), segment("c", 400, "S1")];
  const renamed = after(lines, change.renameSpeaker(lines, "S1", " Mara "));
  expect(renamed.map(({ speaker }) => speaker)).toEqual(["Mara", "S2", "Mara"]);
  expect(change.speakers(renamed)).toEqual(["Mara", "S2"]);
  expect(change.renameSpeaker(lines, "S9", "x")).toBeNull();
  expect(after(lines, change.setSpeaker(lines, 1, ""))[1]?.speaker).toBeNull();
});

test("parting and merging gives the line back", () => {
  fc.assert(
    fc.property(anySegment, fc.nat(60), (line, offset) => {
      const parted = change.part([line], { at: 0, offset });
      if (!parted) return;
      const halves = after([line], parted);
      for (const half of halves) expect(wordRanges(half.text, half.words)).not.toBeNull();
      const [whole] = after(halves, change.merge(halves, 1));
      expect(whole).toMatchObject({ start_ms: line.start_ms, end_ms: line.end_ms });
      expect(whole?.text.replace(/\s/g, "")).toBe(line.text.replace(/\s/g, ""));
      expect(wordRanges(whole?.text ?? "", whole?.words ?? [])).not.toBeNull();
    }),
  );
});

test("a word that a person found right is doubtful no more, and keeps its times", () => {
  const line = segment("one two three");
  const words = line.words.map((word, i) => (i < 2 ? { ...word, probability: 0.3 } : word));
  const all = [{ ...line, words }];
  const probabilities = (which: number | "all") =>
    after(all, change.confirm(all, 0, which))[0]?.words.map(({ probability }) => probability);
  expect(probabilities(1)).toEqual([0.3, 1, 0.9]);
  expect(probabilities("all")).toEqual([1, 1, 0.9]);
  expect(times(after(all, change.confirm(all, 0, "all"))[0]?.words ?? [])).toEqual(times(words));
  expect(change.confirm(all, 0, 2)).toBeNull();
  expect(change.confirm(all, 1, "all")).toBeNull();
});
