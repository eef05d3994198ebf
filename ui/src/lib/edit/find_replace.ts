/** Find and replace. */

import type { Segment } from "$lib/backend/types";

import type { Change } from "./change";
import { withText } from "./retime";
import type { Range } from "./split_words";
import { fold, seek } from "./substring_search";
import { isCjk } from "./writing_system";

/** A place where something was found. */
export interface Found {
  at: number;
  from: number;
  to: number;
}

export interface Query {
  text: string;
  match_case: boolean;
  /** Not within a longer word; of Chinese and Japanese every character is a word. */
  whole_words: boolean;
}

/**
 * A query that is longer is not looked for by a regular expression, which may compare all of it at
 * every letter of a text that repeats itself.
 */
const LONG = 32;

/** Always the same, so that what shows it is not drawn again. */
const NOTHING: readonly Found[] = [];

/** Every place, in order; they do not overlap. */
export function find(segments: readonly Segment[], query: Query): readonly Found[] {
  if (query.text === "") return NOTHING;
  const placesIn = query.text.length > LONG ? byLetters(query) : byPattern(query);
  const found: Found[] = [];
  segments.forEach(({ text }, at) => {
    for (const range of placesIn(text)) {
      if (query.whole_words && !isWhole(text, range)) continue;
      found.push({ at, ...range });
    }
  });
  return found;
}

/** The place to go to from a caret: the first at or after it, or the first of all. */
export function nearest(found: readonly Found[], at: number, offset: number): number {
  const next = found.findIndex((f) => f.at > at || (f.at === at && f.from >= offset));
  return next < 0 ? 0 : next;
}

/** Another text in some places. */
export function replaceFound(
  segments: readonly Segment[],
  found: readonly Found[],
  by: string,
): Change | null {
  const splices = [];
  const last = found.at(-1);
  for (let i = 0; i < found.length;) {
    const at = found[i]?.at ?? 0;
    const segment = segments[at];
    let text = "";
    let end = 0;
    for (; found[i]?.at === at; i += 1) {
      const { from, to } = found[i] as Found;
      text += (segment?.text.slice(end, from) ?? "") + by;
      end = to;
    }
    if (!segment) continue;
    text += segment.text.slice(end);
    splices.push({ at, remove: 1, insert: [withText(segment, text)] });
  }
  if (splices.length === 0 || !last) return null;
  return { splices, caret: { at: last.at, offset: last.from + by.length } };
}

/** Whether no word goes on over either end. */
function isWhole(text: string, { from, to }: Range): boolean {
  return !goesOn(text, from) && !goesOn(text, to);
}

/** Whether one word stands on both sides of a place. */
function goesOn(text: string, at: number): boolean {
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
  const after = [...text.slice(at, at + 2)][0] ?? "";
  return isOfWord(before) && isOfWord(after);
}

function isOfWord(c: string): boolean {
  return /^[\p{L}\p{M}\p{N}_]$/u.test(c) && !isCjk(c);
}

/** The places of a query in a text. */
type Places = (text: string) => Range[];

function byPattern({ text, match_case }: Query): Places {
  const literal = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(literal, match_case ? "gu" : "giu");
  return (text) =>
    Array.from(text.matchAll(pattern), (match) => {
      return { from: match.index, to: match.index + match[0].length };
    });
}

function byLetters({ text, match_case }: Query): Places {
  const letterOf = match_case ? (c: string) => c : fold;
  const sought = Array.from(text, letterOf);
  return (text) => seek(text, sought, letterOf);
}
