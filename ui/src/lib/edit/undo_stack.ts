/** The undo stack holds the changes of one transcript: undo, redo, and what is not saved yet. */

import type { Segment, Splice } from "$lib/backend/types";

import { apply, type Caret, type Change } from "./change";

/** Typing in one place within this time is one step of undo. Units: ms. */
const ONE_STEP_MS = 1000;

interface Step {
  forth: Splice[];
  back: Splice[];
  /** Where the caret was before and after. */
  from: Caret | null;
  to: Caret | null;
  /** Steps with the same name that follow each other quickly are one. */
  name: string | null;
  at_ms: number;
}

/** A transcript with its past and its future. */
export class UndoStack {
  segments: readonly Segment[];
  #past: Step[] = [];
  #future: Step[] = [];
  #unsaved: Splice[] = [];

  constructor(segments: readonly Segment[]) {
    this.segments = segments;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Splices that were not handed out to be saved yet. */
  get nUnsaved(): number {
    return this.#unsaved.length;
  }

  /** Does a change. `name` joins it to the step before when that has the same and is recent. */
  do(change: Change, from: Caret | null, now_ms: number, name: string | null = null): void {
    const back = this.#apply(change.splices);
    this.#future = [];
    const top = this.#past.at(-1);
    if (top && name !== null && top.name === name && now_ms - top.at_ms < ONE_STEP_MS) {
      const [typed, before] = [change.splices, top.forth].map((splices) => textOf(splices));
      if (typed && before && typed.at === before.at) {
        // Only the last text of a line and its first are ever come back to.
        top.forth = change.splices;
      } else {
        top.forth = [...top.forth, ...change.splices];
        top.back = [...back, ...top.back];
      }
      top.to = change.caret;
      top.at_ms = now_ms;
    } else {
      this.#past.push({
        forth: change.splices,
        back,
        from,
        to: change.caret,
        name,
        at_ms: now_ms,
      });
    }
  }

  /** Takes the last step back; where the caret was. */
  undo(): Caret | null {
    const step = this.#past.pop();
    if (!step) return null;
    this.#apply(step.back);
    this.#future.push({ ...step, name: null });
    return step.from ?? firstOf(step.back);
  }

  /** Does the last undone step again; where the caret is. */
  redo(): Caret | null {
    const step = this.#future.pop();
    if (!step) return null;
    this.#apply(step.forth);
    this.#past.push(step);
    return step.to ?? firstOf(step.forth);
  }

  /** Appends what was recognised meanwhile; no step of undo, and saved already. */
  append(segment: Segment): void {
    this.segments = [...this.segments, segment];
  }

  /** Hands out what has to be saved; each splice once. */
  takeUnsaved(): Splice[] {
    const splices = this.#unsaved;
    this.#unsaved = [];
    return splices;
  }

  /** Takes splices back that could not be saved. */
  giveBack(splices: Splice[]): void {
    this.#unsaved = [...splices, ...this.#unsaved];
  }

  #apply(splices: Splice[]): Splice[] {
    const { segments, inverse } = apply(this.segments, splices);
    this.segments = segments;
    for (const splice of splices) this.#note(splice);
    return inverse;
  }

  /** Of keystrokes in one segment only the last has to be saved. */
  #note(splice: Splice): void {
    const before = textOf(this.#unsaved.slice(-1));
    if (before && before.at === textOf([splice])?.at) this.#unsaved.pop();
    this.#unsaved.push(splice);
  }
}

/** The only splice, if it gives one line another text; `undefined` otherwise. */
function textOf(splices: readonly Splice[]): Splice | undefined {
  const [splice] = splices;
  const isText = splices.length === 1 && splice?.remove === 1 && splice.insert.length === 1;
  return isText ? splice : undefined;
}

function firstOf(splices: Splice[]): Caret | null {
  const splice = splices[0];
  return splice ? { at: splice.at, offset: 0 } : null;
}
