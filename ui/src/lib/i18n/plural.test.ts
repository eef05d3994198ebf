import { expect, test } from "vitest";

import { en } from "./en";
import { pluralIn } from "./plural";
import { zh } from "./zh";

test("the form follows the rules of the language", () => {
  const polish = pluralIn("pl");
  const files = { one: "# plik", few: "# pliki", many: "# plików", other: "# pliku" };
  expect([1, 3, 5, 22].map((n) => polish(n, files))).toEqual([
    "1 plik",
    "3 pliki",
    "5 plików",
    "22 pliki",
  ]);
});

test("one is one and two are two", () => {
  expect(en.history.storage(1, "3 MB")).toBe("1 transcript, 3 MB");
  expect(en.history.deleted(2)).toBe("2 transcripts deleted");
  expect(en.queue.batchEnded(1, 1)).toBe("1 transcript is ready; 1 recording failed.");
  expect(en.queue.batchEnded(1200, 0)).toBe("1,200 transcripts are ready.");
  expect(en.queue.batchEnded(0, 2)).toBe("2 recordings failed.");
  expect(zh.queue.batchEnded(1, 2)).toBe("1 份文稿已完成，2 个录音失败。");
});

test("text is counted in what it is made of", () => {
  expect(en.queue.words(1, "English")).toBe("1 word");
  expect(en.queue.words(12, "Chinese")).toBe("12 characters");
  expect(en.queue.words(1, "Cantonese")).toBe("1 character");
  expect(en.queue.words(12, "Chinese,English")).toBe("12 words");
  expect(zh.queue.words(12, "Chinese")).toBe("12 字");
  expect(zh.queue.words(12, "English")).toBe("12 词");
  expect(zh.queue.words(12, "Chinese,English")).toBe("12 字");
});
