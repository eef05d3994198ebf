/** The history and its search. */

import type { Entry, Ms } from ".";

export type HistoryFilter = "all" | "starred" | "problems" | "deleted";

export interface HistoryQuery {
  /** All of these words, in any order, as parts of the text or of the title; quotation marks hold
   * a phrase together. One Chinese character is enough. */
  text: string;
  filter: HistoryFilter;
  /** English name of a language, or `null` for every one. */
  language: string | null;
  /** `next` of the page before, or `null` for the first. */
  after: string | null;
}

/** A place where the text was found. */
export interface Hit {
  /** Index of the segment. */
  at: number;
  start_ms: Ms;
  /** The line, in parts; those found are marked. */
  parts: { text: string; is_match: boolean }[];
}

export interface HistoryRow {
  entry: Entry;
  /** The first places, three at most. */
  hits: Hit[];
  n_hits: number;
}

export interface HistoryPage {
  /** Newest first, 50 at most. */
  rows: HistoryRow[];
  /** How many there are; `null` where there are more pages and nobody counted. */
  n_total: number | null;
  next: string | null;
}

export interface Storage {
  n_entries: number;
  n_deleted: number;
  database_bytes: number;
  /** Kept recordings (made with the microphone); files of the person's own are not counted. */
  audio_bytes: number;
  folder: string;
}
