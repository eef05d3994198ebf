/** The live transcript of a recording, updated by events. */

import type { EntryId, Event, Ms, Segment } from "./backend";

/** A stretch of speech between two pauses. Its pieces are sure: none ever changes or goes. */
export interface Utterance {
  start_ms: Ms;
  pieces: string[];
  /** Who speaks, where that is told apart; known when the utterance has ended. */
  speaker: string | null;
}

export class LiveTranscript {
  readonly id: EntryId;
  utterances = $state<Utterance[]>([]);
  /** What may still change, behind the last utterance's pieces. */
  tentative = $state("");
  /** How far recognition is behind the microphone. */
  late_ms = $state<Ms>(0);
  recorded_ms = $state<Ms>(0);
  /** How loud it is, 0 to 1. */
  peak = $state(0);
  /** The pieces of the last utterance as one text. */
  #sure = $state("");
  /** The same of the utterance before. */
  #before = $state("");

  constructor(id: EntryId) {
    this.id = id;
  }

  /** The last words; between two utterances those of the one before. */
  get last(): string {
    const now = this.#sure + this.tentative;
    return now === "" ? this.#before : now;
  }

  /** What was finished before anybody listened here. */
  prepend(segments: Segment[]): void {
    const first = this.utterances[0]?.start_ms ?? Infinity;
    const before = segments.filter((segment) => segment.start_ms < first);
    const each = before.map(({ start_ms, text, speaker }) => ({
      start_ms,
      pieces: [text],
      speaker,
    }));
    if (this.utterances.length === 0) this.#sure = each.at(-1)?.pieces.join("") ?? "";
    this.utterances = [...each, ...this.utterances];
  }

  receive(event: Event): void {
    if (event.kind === "level" && event.id === this.id) {
      this.peak = event.peak;
      this.recorded_ms = event.recorded_ms;
    }
    if (event.kind === "words" && event.id === this.id) {
      this.late_ms = event.late_ms;
      this.#update(event.start_ms, event.committed, event.tentative);
    }
    const last = this.utterances.at(-1);
    if (event.kind === "segment" && event.id === this.id && last) {
      last.speaker = event.segment.speaker;
    }
  }

  #update(start_ms: Ms, committed: string, tentative: string): void {
    let last = this.utterances.at(-1);
    if (last?.start_ms !== start_ms) {
      if (committed + tentative === "") return;
      this.utterances.push({ start_ms, pieces: [], speaker: null });
      last = this.utterances.at(-1);
      if (this.#sure !== "") this.#before = this.#sure;
      this.#sure = "";
    }
    const more = committed.slice(this.#sure.length);
    if (more !== "") {
      last?.pieces.push(more);
      this.#sure += more;
    }
    this.tentative = tentative;
  }
}

/** A peak as the share of a meter that shows it: 60 dB from one end to the other. */
export function meter(peak: number): number {
  return Math.min(1, Math.max(0, 1 + Math.log10(Math.max(peak, 1e-6)) / 3));
}
