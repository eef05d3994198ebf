/** Finds the segment and the word that are spoken at a time. */

import type { Ms, Segment } from "$lib/backend/types";

import type { WordPosition } from "./doubtful_words";

/** The segment and word spoken at a time; in a silence the ones before it; `null` before all. */
export function spokenAt(segments: readonly Segment[], time_ms: Ms): WordPosition | null {
  const at = lastStarted(segments, time_ms);
  const segment = segments[at];
  if (!segment) return null;
  return { at, word: Math.max(0, lastStarted(segment.words, time_ms)) };
}

/** Index of the last that has begun, -1 before the first; starts do not fall. */
export function lastStarted(items: readonly { start_ms: Ms }[], time_ms: Ms): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((items[mid]?.start_ms ?? Infinity) <= time_ms) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}
