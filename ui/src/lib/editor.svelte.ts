/** The editor holds one open transcript: text, caret, undo stack and unsaved changes. */

import type { Backend, Failure, Opened, Segment } from "./backend";
import * as change from "./edit/change";
import type { Caret, Change } from "./edit/change";
import { countDoubtful, isDoubtful, nextDoubtful, type WordPosition } from "./edit/doubtful_words";
import { find, type Found, nearest, type Query, replaceFound } from "./edit/find_replace";
import { spokenPart, wordRanges } from "./edit/word_ranges";
import { lastStarted } from "./edit/word_at_time";
import { UndoStack } from "./edit/undo_stack";

/** Rest after the last keystroke before it is saved. Units: ms. */
const REST_MS = 700;

export type Saved = "saved" | "waiting" | "saving" | "failed" | "conflict";

export class Editor {
  readonly opened: Opened;
  segments = $state.raw<readonly Segment[]>([]);
  /** The word that keys act on. */
  active = $state.raw<WordPosition>({ at: 0, word: 0 });
  /** Where somebody types, and how far the text is selected; `null` while reading. */
  editing = $state.raw<(Caret & { selected_to?: number }) | null>(null);
  saved = $state<Saved>("saved");
  canUndo = $state(false);
  canRedo = $state(false);
  /** Counts the changes, those that take others back among them. */
  nChanges = $state(0);
  query = $state.raw<Query>({ text: "", match_case: false, whole_words: false });
  found = $derived.by(() => find(this.segments, this.query));
  /** Which of `found` is the current one. */
  current = $state(0);
  nDoubtful = $derived.by(() => countDoubtful(this.segments));
  #stack: UndoStack;
  #backend: Backend;
  #onFailure: (failure: Failure) => void;
  #revision: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(backend: Backend, opened: Opened, onFailure: (failure: Failure) => void) {
    this.#backend = backend;
    this.opened = opened;
    this.#onFailure = onFailure;
    this.#revision = opened.revision;
    this.#stack = new UndoStack(opened.segments);
    this.segments = this.#stack.segments;
  }

  /** Takes over what is stored now. The reader stays at the same time, and lines that are as before
   * are the same objects. */
  renew({ segments, revision }: Opened): void {
    const { word } = this.active;
    const start_ms = this.segment()?.start_ms;
    const isSame = (one: Segment | undefined, other: Segment) =>
      one?.text === other.text && JSON.stringify(one) === JSON.stringify(other);
    const now = segments.map((segment, at) => {
      const before = this.segments[at];
      return before && isSame(before, segment) ? before : segment;
    });
    this.#stack = new UndoStack(now);
    this.#revision = revision;
    this.saved = "saved";
    this.#after(null);
    if (start_ms !== undefined) this.goTo(lastStarted(now, start_ms), word);
  }

  segment(at = this.active.at): Segment | undefined {
    return this.segments[at];
  }

  /** Makes a word the one that keys act on. */
  goTo(at: number, word = 0): void {
    const last = this.segments.length - 1;
    const row = Math.max(0, Math.min(at, last));
    const words = this.segments[row]?.words.length ?? 1;
    this.active = { at: row, word: Math.max(0, Math.min(word, words - 1)) };
  }

  /** Steps a word on or back, over the ends of lines. */
  stepWord(direction: 1 | -1): void {
    const { at, word } = this.active;
    const n = this.segments[at]?.words.length ?? 0;
    if (word + direction >= 0 && word + direction < n) this.goTo(at, word + direction);
    else if (direction === 1 && at + 1 < this.segments.length) this.goTo(at + 1, 0);
    else if (direction === -1 && at > 0) this.goTo(at - 1, Infinity);
  }

  stepDoubtful(direction: 1 | -1): WordPosition | null {
    const next = nextDoubtful(this.segments, this.active, direction);
    if (next) this.goTo(next.at, next.word);
    return next;
  }

  /** Begins to type, at a word of a line or at an offset in it. */
  edit(at: number, offset?: number): void {
    const segment = this.segments[at];
    if (!segment) return;
    const word = at === this.active.at ? this.active.word : 0;
    const start = wordRanges(segment.text, segment.words)?.[word]?.from ?? 0;
    this.editing = { at, offset: offset ?? start };
    this.goTo(at, change.wordUnder(segment, this.editing.offset));
  }

  /** Begins to type over a word; its punctuation stays. */
  editWord(at: number, word: number): void {
    const { text, words } = this.segments[at] ?? { text: "", words: [] };
    const range = wordRanges(text, words)?.[word];
    if (!range) return;
    const { from, to } = spokenPart(text, range);
    this.edit(at, from);
    this.editing = { at, offset: from, selected_to: to };
  }

  stopEditing(): void {
    this.editing = null;
  }

  /** The caret moved while typing. */
  moveCaret(offset: number): void {
    if (!this.editing) return;
    if (this.editing.offset === offset && this.editing.selected_to === undefined) return;
    this.editing = { at: this.editing.at, offset };
    const segment = this.segments[this.editing.at];
    if (segment) this.goTo(this.editing.at, change.wordUnder(segment, offset));
  }

  type(text: string, offset: number): void {
    if (!this.editing) return;
    const { at } = this.editing;
    this.#do(change.type(this.segments, at, text, offset), `type ${at}`);
  }

  /** Parts the line at the caret; false when there is nothing to part. */
  part(): boolean {
    return this.editing !== null && this.#do(change.part(this.segments, this.editing));
  }

  merge(at = this.active.at): boolean {
    return this.#do(change.merge(this.segments, at));
  }

  remove(at = this.active.at): boolean {
    return this.#do(change.remove(this.segments, at));
  }

  replace(at: number, n: number, segments: Segment[]): boolean {
    return this.#do(change.replace(at, n, segments));
  }

  setSpeaker(at: number, name: string): boolean {
    return this.#do(change.setSpeaker(this.segments, at, name));
  }

  renameSpeaker(from: string, to: string): boolean {
    return this.#do(change.renameSpeaker(this.segments, from, to));
  }

  /** Whether the word that keys act on is doubtful. */
  get isAtDoubtful(): boolean {
    const word = this.segment()?.words[this.active.word];
    return word !== undefined && isDoubtful(word);
  }

  hasDoubtful(at: number): boolean {
    return this.segments[at]?.words.some(isDoubtful) ?? false;
  }

  /** A person found a doubtful word right, or all of a line. */
  confirm(which: "word" | "line", at = this.active.at): boolean {
    const words = which === "word" ? this.active.word : "all";
    return this.#do(change.confirm(this.segments, at, words));
  }

  get speakers(): string[] {
    return change.speakers(this.segments);
  }

  /** Looks for something from where the person is. */
  search(query: Query): void {
    this.query = query;
    this.current = nearest(this.found, this.active.at, this.editing?.offset ?? 0);
    this.#goToFound();
  }

  stepFound(direction: 1 | -1): void {
    const n = this.found.length;
    if (n > 0) this.current = (this.current + direction + n) % n;
    this.#goToFound();
  }

  /** Replaces the current place, or all of them; how many. */
  replaceFound(by: string, which: "current" | "all"): number {
    const one = this.found[this.current];
    const places: readonly Found[] = which === "all" ? this.found : one ? [one] : [];
    const done = replaceFound(this.segments, places, by);
    if (!this.#do(done)) return 0;
    if (done?.caret) this.current = nearest(this.found, done.caret.at, done.caret.offset);
    this.#goToFound();
    return places.length;
  }

  undo(): void {
    this.#after(this.#stack.undo());
  }

  redo(): void {
    this.#after(this.#stack.redo());
  }

  /** Takes over what was recognised meanwhile. */
  append(segment: Segment): void {
    this.#stack.append(segment);
    this.segments = this.#stack.segments;
  }

  /** Saves now; resolves when nothing is left to be saved or it failed. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  #do(what: Change | null, name: string | null = null): boolean {
    if (!what) return false;
    const from = this.editing ?? { at: this.active.at, offset: 0 };
    this.#stack.do(what, from, performance.now(), name);
    this.#after(what.caret);
    return true;
  }

  #after(caret: Caret | null): void {
    this.segments = this.#stack.segments;
    this.nChanges += 1;
    this.canUndo = this.#stack.canUndo;
    this.canRedo = this.#stack.canRedo;
    if (caret) {
      const at = Math.max(0, Math.min(caret.at, this.segments.length - 1));
      const segment = this.segments[at];
      const offset = Math.min(caret.offset, segment?.text.length ?? 0);
      if (this.editing) this.editing = segment ? { at, offset } : null;
      this.goTo(at, segment ? change.wordUnder(segment, offset) : 0);
    }
    if (this.#stack.nUnsaved === 0 || this.saved === "conflict") return;
    this.saved = "waiting";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), REST_MS);
  }

  async #save(): Promise<void> {
    if (this.#stack.nUnsaved === 0 || this.saved === "conflict") return;
    const splices = this.#stack.takeUnsaved();
    this.saved = "saving";
    try {
      this.#revision = await this.#backend.save(this.opened.entry.id, this.#revision, splices);
      this.saved = this.#stack.nUnsaved === 0 ? "saved" : "waiting";
    } catch (error) {
      const failure = error as Failure;
      this.#stack.giveBack(splices);
      this.saved = failure.code === "conflict" ? "conflict" : "failed";
      this.#onFailure(failure);
    }
  }

  #goToFound(): void {
    const found = this.found[this.current];
    const segment = found && this.segments[found.at];
    if (found && segment) this.goTo(found.at, change.wordUnder(segment, found.from));
  }
}
