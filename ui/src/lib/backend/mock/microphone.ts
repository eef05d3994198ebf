/** The mock's microphone: replays the words of an invented recording as if they were spoken. */

import type { Event } from "../types";
import type { Clock } from "./clock";
import { describe, type Stored } from "./sample_history";

const TICK_MS = 50;
/** Words that are this fresh may still change. */
const TENTATIVE_MS = 1200;

/** Records what is to be spoken in an entry until the returned function is called. */
export function listen(it: Stored, clock: Clock, emit: (event: Event) => void): () => void {
  const { id } = it.entry;
  const { spoken } = it;
  let recorded_ms = 0;
  it.entry.state = { kind: "recording", microphone: "Desk microphone", is_paused: false };
  const stop = clock.every(TICK_MS, () => {
    if (it.entry.state.kind === "recording" && it.entry.state.is_paused) return;
    recorded_ms += TICK_MS;
    const said = spoken[it.segments.length];
    const isSpeaking = said !== undefined && recorded_ms >= said.start_ms;
    const peak = isSpeaking ? 0.2 + 0.15 * Math.sin(recorded_ms / 70) : 0.004;
    emit({ kind: "level", id, peak, recorded_ms });
    if (!isSpeaking || recorded_ms % 400 !== 0) return;
    const join = said.language === "Chinese" ? "" : " ";
    const until = (ms: number) => said.words.filter((word) => word.end_ms <= ms);
    const isOver = said.end_ms + 600 <= recorded_ms;
    const soFar = until(recorded_ms);
    const sure = isOver ? soFar : until(recorded_ms - TENTATIVE_MS);
    const text = soFar.map((word) => word.text).join(join);
    const committed = sure.map((word) => word.text).join(join);
    const tentative = text.slice(committed.length);
    emit({ kind: "words", id, start_ms: said.start_ms, committed, tentative, late_ms: 0 });
    if (!isOver) return;
    it.segments.push(said);
    describe(it);
    emit({ kind: "segment", id, segment: said });
  });
  return () => {
    stop();
    it.spoken = spoken.filter((segment) => segment.start_ms < recorded_ms);
    it.entry.duration_ms = recorded_ms;
    const done_ms = it.segments.at(-1)?.end_ms ?? 0;
    it.entry.state = { kind: "recognising", done_ms, total_ms: recorded_ms, left_ms: null };
  };
}
