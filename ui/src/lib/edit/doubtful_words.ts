/** A doubtful word is one that the recogniser or the aligner was not sure of. */

import type { Segment, Word } from "$lib/backend/types";

/** Below these a word is marked for checking. */
const SURE_TEXT = 0.6;
const SURE_TIMES = 0.5;

export interface WordPosition {
  at: number;
  word: number;
}

/** Whether the text of a word may be wrong. */
export function isDoubtful(word: Word): boolean {
  return word.probability < SURE_TEXT;
}

/** Whether the times of a word may be wrong: not measured, or measured badly. */
export function hasLooseTimes(word: Word): boolean {
  return word.quality === null || word.quality < SURE_TIMES;
}

/** The next doubtful word after a place (or before it), going round at the end. */
export function nextDoubtful(
  segments: readonly Segment[],
  from: WordPosition,
  direction: 1 | -1,
): WordPosition | null {
  const all = doubts(segments);
  const after = (p: WordPosition) => p.at > from.at || (p.at === from.at && p.word > from.word);
  const before = (p: WordPosition) => p.at < from.at || (p.at === from.at && p.word < from.word);
  return (
    (direction === 1 ? (all.find(after) ?? all[0]) : (all.findLast(before) ?? all.at(-1))) ?? null
  );
}

/** How many words are doubtful; a line that did not change is not counted again. */
export function countDoubtful(segments: readonly Segment[]): number {
  let n = 0;
  for (const segment of segments) {
    let own = counted.get(segment);
    if (own === undefined) {
      own = segment.words.filter(isDoubtful).length;
      counted.set(segment, own);
    }
    n += own;
  }
  return n;
}

const counted = new WeakMap<Segment, number>();

/** Every doubtful word, in order. */
function doubts(segments: readonly Segment[]): WordPosition[] {
  return segments.flatMap((segment, at) =>
    segment.words.flatMap((w, word) => (isDoubtful(w) ? [{ at, word }] : [])),
  );
}
