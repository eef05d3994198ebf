import { expect, test } from "vitest";

import { combination } from "./keyboard";
import { share, stateLine } from "./entry_state";
import { bytes, clock, day, hour, roughly, timeInList } from "./format";
import type { Entry } from "./backend/types";
import { en } from "./i18n/en";
import { zh } from "./i18n/zh";

test("clocks show the hour when there is one", () => {
  expect([0, 61_999, 3_600_000, 36_061_000].map(clock)).toEqual([
    "0:00",
    "1:01",
    "1:00:00",
    "10:01:01",
  ]);
});

test("time left is rough on purpose", () => {
  expect([1, 12_000, 59_000, 61_000, 4_000_000].map((ms) => roughly(ms, en))).toEqual([
    "5 s",
    "15 s",
    "1 min",
    "2 min",
    "1 h 7 min",
  ]);
  expect(roughly(4_000_000, zh)).toBe("1 小时 7 分钟");
});

test("days have names near today, also over the change of the clock", () => {
  const now = new Date(2026, 10, 20, 9).getTime();
  const at = (...date: [number, number, number, number]) =>
    day(new Date(...date).getTime(), now, en);
  expect(at(2026, 10, 20, 0)).toBe("Today");
  expect(at(2026, 10, 19, 23)).toBe("Yesterday");
  expect(at(2026, 10, 12, 8)).toBe("Thursday, November 12");
  expect(at(2025, 10, 12, 8)).toBe("Wednesday, November 12, 2025");
  expect(day(new Date(2026, 10, 12).getTime(), now, en, "short")).toBe("Nov 12");
  expect(day(new Date(2025, 10, 12).getTime(), now, zh, "short")).toBe("2025年11月12日");
  expect(hour(new Date(2026, 1, 1, 8, 5).getTime(), zh)).toBe("8:05");
});

test("sizes have one unit", () => {
  expect([0, 999, 2_900_000, 1_880_000_000].map((n) => bytes(n, en))).toEqual([
    "0 B",
    "999 B",
    "2.9 MB",
    "1.9 GB",
  ]);
});

test("a state is told with what is known of it", () => {
  const entry = (state: Entry["state"]) =>
    ({ state, n_words: 3, duration_ms: 4000, language: "English" }) as Entry;
  const line = (state: Entry["state"]) => stateLine(entry(state), en);
  expect(line({ kind: "recognising", done_ms: 0, total_ms: null, left_ms: null })).toBe(
    "Recognising",
  );
  expect(line({ kind: "recognising", done_ms: 1000, total_ms: 4000, left_ms: 3000 })).toBe(
    "Recognising · 0:01 of 0:04 · 5 s left",
  );
  expect(line({ kind: "done" })).toBe("Done · 0:04 · 3 words");
  expect(share({ kind: "paused", done_ms: 1, total_ms: 4 })).toBe(0.25);
  expect(share({ kind: "reading" })).toBeUndefined();
});

test("keys are written as the system writes them", () => {
  expect(combination("mod+shift+Z", false)).toBe("Ctrl+Shift+Z");
  expect(combination("mod+shift+Z", true)).toBe("⌘⇧Z");
});

test("no word is left out or left in the other language", () => {
  const leaves = (tree: object, path = ""): [string, unknown][] =>
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "object" && value !== null
        ? leaves(value as object, `${path}${key}.`)
        : [[path + key, value] as [string, unknown]],
    );
  const english = new Map(leaves(en));
  const same = leaves(zh).filter(
    ([key, value]) => typeof value === "string" && value === english.get(key),
  );
  // Most formats are called the same everywhere, and so is what is typed into a terminal.
  const names = same.map(([key]) => key).filter((key) => !key.startsWith("export.formats."));
  expect(names).toEqual(["app", "dictation.command"]);
  expect(leaves(zh).map(([key]) => key)).toEqual([...english.keys()]);
});

test("a time in a list shows as much of its second as parts it from its neighbours", () => {
  const second = (...times: number[]) =>
    timeInList(
      times.map((start_ms) => ({ start_ms })),
      1,
    );
  expect(timeInList([{ start_ms: 61_234 }], 0)).toBe("1:01");
  expect(timeInList([], 0)).toBe("");
  expect(second(1000, 61_234, 65_000)).toBe("1:01");
  expect(second(61_900, 61_234, 65_000)).toBe("1:01.2");
  expect(second(60_000, 61_234, 61_250)).toBe("1:01.23");
  expect(second(61_238, 61_234)).toBe("1:01.234");
  // What begins together cannot be parted.
  expect(second(3_661_000, 3_661_000)).toBe("1:01:01");
});
