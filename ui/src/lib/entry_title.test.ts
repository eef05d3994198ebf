import { expect, test } from "vitest";

import type { Entry } from "./backend/types";
import { distinctTitles, entryTitle } from "./entry_title";
import { en } from "./i18n/en";
import { zh } from "./i18n/zh";

test.each([
  ["Recording 2026-11-20 10:00", "2026-11-20 10.00.00.wav", "录音 2026-11-20 10:00"],
  ["录音 2026-11-20 10:00", "2026-11-20 10.00.00.wav", "录音 2026-11-20 10:00"],
  ["Dictation 2026-11-20 10:00", "2026-11-20 10.00.00 (2).wav", "听写 2026-11-20 10:00"],
  ["Sample", "Sample.flac", "示例"],
  // What a person named stays as it is.
  ["Recording 2026-11-20 10:00", "interview.wav", "Recording 2026-11-20 10:00"],
  ["Recording of the council", "2026-11-20 10.00.00.wav", "Recording of the council"],
  ["Sample", "Sample.mp3", "Sample"],
])("the title %j of %j is %j in Chinese", (title, file, expected) => {
  expect(entryTitle({ title, file }, zh)).toBe(expected);
});

test("a generated Chinese title is English in an English window", () => {
  const file = "2026-11-20 10.00.00.wav";
  expect(entryTitle({ title: "听写 2026-11-20 10:00", file }, en)).toBe(
    "Dictation 2026-11-20 10:00",
  );
});

function titles(...entries: [title: string, file: string, folder?: string][]) {
  const list = entries.map(([title, file, folder = "/a"], id) => ({ id, title, file, folder }));
  return [...distinctTitles(list as Entry[], en).values()];
}

test("titles that are the same are told apart by file, then by folder", () => {
  expect(titles(["a", "a.wav"], ["b", "b.wav"])).toEqual(["a", "b"]);
  expect(titles(["a", "a.wav"], ["a", "a.mp3"], ["b", "b.wav"])).toEqual(["a.wav", "a.mp3", "b"]);
  expect(titles(["Talk", "a.wav"], ["Talk", "b.wav"])).toEqual(["Talk (a.wav)", "Talk (b.wav)"]);
  expect(titles(["a", "a.wav", "/x/one"], ["a", "a.wav", "C:\\two"])).toEqual([
    "a.wav (one)",
    "a.wav (two)",
  ]);
});
