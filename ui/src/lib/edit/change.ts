/** A change is a list of splices; here is every change a person can make to a transcript. */

import type { Segment, Splice, Timing, Word } from "$lib/backend/types";

import { isDoubtful } from "./doubtful_words";
import { wordRanges, wordAt } from "./word_ranges";
import { retime, withText } from "./retime";
import { between } from "./writing_system";

/** Where the caret stands: a segment and an offset in its text. */
export interface Caret {
  at: number;
  offset: number;
}

/** What is to be done, and where the caret stands afterwards. */
export interface Change {
  splices: Splice[];
  caret: Caret | null;
}

type Segments = readonly Segment[];

/** The transcript after some splices, and the splices that take them back. */
export function apply(
  segments: Segments,
  splices: readonly Splice[],
): { segments: Segment[]; inverse: Splice[] } {
  let result = [...segments];
  const inverse = splices.map(({ at, remove, insert }) => {
    const removed = result.slice(at, at + remove);
    if (removed.length === insert.length) {
      // Nothing behind it moves, so that a change of every line does not move every line each time.
      insert.forEach((segment, i) => (result[at + i] = segment));
    } else {
      result = [...result.slice(0, at), ...insert, ...result.slice(at + remove)];
    }
    return { at, remove: insert.length, insert: removed };
  });
  return { segments: result, inverse: inverse.reverse() };
}

/** Another text for a segment. */
export function type(segments: Segments, at: number, text: string, offset: number): Change | null {
  const segment = segments[at];
  if (!segment || segment.text === text) return null;
  return replaced(at, 1, [withText(segment, text)], { at, offset });
}

/** Two segments for one, parted at the caret; `null` when one would be empty. */
export function part(segments: Segments, { at, offset }: Caret): Change | null {
  const segment = segments[at];
  if (!segment) return null;
  const text = [segment.text.slice(0, offset).trim(), segment.text.slice(offset).trim()] as const;
  if (text[0] === "" || text[1] === "") return null;

  // A caret inside a word parts the word too.
  const spaced = `${segment.text.slice(0, offset)} ${segment.text.slice(offset)}`;
  const words = retime(segment, spaced);
  const ranges = wordRanges(spaced, words) ?? [];
  const n = ranges.filter((range) => range.from < offset).length;
  const half = (i: 0 | 1): Segment => {
    const own = i === 0 ? words.slice(0, n) : words.slice(n);
    const start_ms = i === 0 ? segment.start_ms : (own[0]?.start_ms ?? segment.start_ms);
    const end_ms = i === 1 ? segment.end_ms : (own.at(-1)?.end_ms ?? segment.end_ms);
    const piece = { ...segment, start_ms, end_ms, words: own };
    return withText(piece, text[i]);
  };
  return replaced(at, 1, [half(0), half(1)], { at: at + 1, offset: 0 });
}

/** One segment for this one and the one before it. */
export function merge(segments: Segments, at: number): Change | null {
  const before = segments[at - 1];
  const after = segments[at];
  if (!before || !after) return null;
  const left = before.text.trimEnd();
  const right = after.text.trimStart();
  const glue = between(left, right);
  const joined: Segment = {
    start_ms: before.start_ms,
    end_ms: Math.max(before.end_ms, after.end_ms),
    text: left + glue + right,
    language: before.language || after.language,
    timing: coarser(before.timing, after.timing),
    speaker: before.speaker ?? after.speaker,
    words: [...before.words, ...after.words],
  };
  // Parts of a word that come together are one word now.
  const merged = wordRanges(joined.text, joined.words) ? joined : withText(joined, joined.text);
  return replaced(at - 1, 2, [merged], { at: at - 1, offset: left.length + glue.length });
}

/** Segments taken out. */
export function remove(segments: Segments, at: number, n = 1): Change | null {
  if (!segments[at]) return null;
  return replaced(at, n, [], { at: Math.max(0, Math.min(at, segments.length - n - 1)), offset: 0 });
}

/** Other segments in the place of some. */
export function replace(at: number, n: number, insert: Segment[]): Change {
  return replaced(at, n, insert, { at, offset: 0 });
}

/** Who speaks in a segment; an empty name is nobody. */
export function setSpeaker(segments: Segments, at: number, name: string): Change | null {
  const segment = segments[at];
  const speaker = name.trim() || null;
  if (!segment || segment.speaker === speaker) return null;
  return replaced(at, 1, [{ ...segment, speaker }], null);
}

/** Another name for a speaker, wherever that speaker speaks. */
export function renameSpeaker(segments: Segments, from: string, to: string): Change | null {
  const speaker = to.trim() || null;
  const splices = segments.flatMap((segment, at) =>
    segment.speaker === from && speaker !== from
      ? [{ at, remove: 1, insert: [{ ...segment, speaker }] }]
      : [],
  );
  return splices.length > 0 ? { splices, caret: null } : null;
}

/** Everyone who speaks, in the order in which they first do. */
export function speakers(segments: Segments): string[] {
  return [...new Set(segments.flatMap(({ speaker }) => (speaker === null ? [] : [speaker])))];
}

/** A doubtful word of a segment, or all of them, that a person found right. */
export function confirm(segments: Segments, at: number, which: number | "all"): Change | null {
  const segment = segments[at];
  if (!segment) return null;
  const isMeant = (word: Word, i: number) => isDoubtful(word) && (which === "all" || which === i);
  if (!segment.words.some(isMeant)) return null;
  const words = segment.words.map((word, i) =>
    isMeant(word, i) ? { ...word, probability: 1 } : word,
  );
  return replaced(at, 1, [{ ...segment, words }], null);
}

/** The word under a caret. */
export function wordUnder(segment: Segment, offset: number): number {
  return Math.max(0, wordAt(wordRanges(segment.text, segment.words) ?? [], offset));
}

function replaced(at: number, remove: number, insert: Segment[], caret: Caret | null): Change {
  return { splices: [{ at, remove, insert }], caret };
}

/** How coarse the times of a kind are: those of a file are its maker's, and trusted more than ours
 * that were not measured. */
const COARSENESS: Record<Timing, number> = { aligned: 0, given: 1, estimated: 2, piece: 3 };

function coarser(a: Timing, b: Timing): Timing {
  return COARSENESS[a] >= COARSENESS[b] ? a : b;
}
