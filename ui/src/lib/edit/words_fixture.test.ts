/** The page splits, joins and classifies texts as `crates/transcript` does: both are held to one
 * fixture. The other half is `crates/transcript/tests/words.rs`. */

import { expect, test } from "vitest";

import fixture from "../../../../tests/fixtures/words.json";
import { split } from "./split_words";
import { between, isCjk, isCjkPunctuation } from "./writing_system";

const kindOf = (c: string) =>
  isCjk(c) ? "cjk" : isCjkPunctuation(c) ? "cjk-punctuation" : "other";

test.each(Object.entries(fixture.characters))("%s characters are classified", (kind, list) => {
  expect(list.map((c) => [c, kindOf(c)])).toEqual(list.map((c) => [c, kind]));
});

test.each(fixture.words)("“$text” is split into words", ({ text, words }) => {
  expect(split(text).map(({ from, to }) => text.slice(from, to))).toEqual(words);
});

test.each(fixture.joined)("“$before” and “$after” are joined", ({ before, after, text }) => {
  expect(before + between(before, after) + after).toBe(text);
});
