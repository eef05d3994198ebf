/** The state of an entry, as one line of text. */

import type { Entry, State } from "./backend/types";
import { clock, roughly } from "./format";
import type { Messages } from "./i18n/en";

/** Whether it is being worked on. */
export function isRunning({ kind }: State): boolean {
  return ["reading", "recognising", "pausing"].includes(kind);
}

/** Whether it stands still before its end, and a person may do something about it. */
export function isProblem({ kind }: State): boolean {
  return ["failed", "cancelled", "unfinished"].includes(kind);
}

/** `Recognising, 1:20 of 3:10, 2 min left` */
export function stateLine(
  { state, n_words, duration_ms, language }: Entry,
  messages: Messages,
): string {
  const { queue } = messages;
  switch (state.kind) {
    case "recognising":
    case "pausing":
    case "paused": {
      const parts = [queue[state.kind]];
      if (state.total_ms !== null) {
        parts.push(queue.of(clock(state.done_ms), clock(state.total_ms)));
      }
      if ("left_ms" in state && state.left_ms !== null) {
        parts.push(queue.left(roughly(state.left_ms, messages)));
      }
      return parts.join(" · ");
    }
    case "failed":
      return messages.failure(state.failure.code);
    case "done":
      return [
        queue.done,
        ...(duration_ms === null ? [] : [clock(duration_ms)]),
        queue.words(n_words, language),
      ].join(" · ");
    case "recording":
      return state.is_paused ? queue.paused : queue.recording;
    default:
      return queue[state.kind];
  }
}

/** The part that is done, 0 to 1; `undefined` while that is not known. */
export function share(state: State): number | undefined {
  if (!("done_ms" in state) || !("total_ms" in state) || state.total_ms === null) return undefined;
  return state.total_ms === 0 ? 0 : Math.min(1, state.done_ms / state.total_ms);
}
