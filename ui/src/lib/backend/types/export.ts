/** Exports, and how they are previewed. */

import type { Ms } from ".";

export type Format = "txt" | "md" | "docx" | "srt" | "vtt" | "ass" | "lrc" | "json" | "csv" | "tsv";

/** Rules of subtitles by name: those usual in the transcript's language, those of film and
 * television, of vertical video, of Chinese, and a person's own. */
export type Preset = "usual" | "broadcast" | "social" | "chinese" | "own";

/** How subtitles are cut; the other formats do not look at it. */
export interface CueRules {
  /** Longest line, in columns; a Chinese character takes two. */
  max_columns: number;
  max_lines: 1 | 2 | 3;
  min_ms: Ms;
  max_ms: Ms;
  /** Silence kept between two cues. */
  gap_ms: Ms;
  /** Reading speed, in columns per second, above which a cue is reported. */
  max_columns_per_s: number;
}

export interface ExportOptions {
  format: Format;
  preset: Preset;
  /** The rules, when they are a person's own. */
  cues: CueRules;
  /** Begin a line with who speaks, where somebody has said so. */
  with_speakers: boolean;
  /** Begin a paragraph with its time; text, Markdown and documents only. */
  with_times: boolean;
  /** Mark when each word is spoken; WebVTT, ASS and LRC only. */
  with_word_times: boolean;
  /** Leave out what is neither letter nor digit; not in JSON. */
  without_punctuation: boolean;
  /** The script that Chinese is written in; `null` leaves it as it is. */
  script: "simplified" | "traditional" | null;
  /** Begin with a byte order mark; not JSON and documents. */
  with_bom: boolean;
  /** End lines as Windows does; not in documents. */
  with_crlf: boolean;
  /** The file's name without its ending: `{title}`, `{date}`, `{language}` stand for theirs. */
  name_template: string;
}

export interface Cue {
  start_ms: Ms;
  end_ms: Ms;
  lines: string[];
  /** What a reader of subtitles would mind. */
  problems: CueProblem[];
}

export type CueProblem = "too-fast" | "too-long" | "too-wide" | "estimated";

export interface Preview {
  /** The file's name as it would be. */
  name: string;
  n_cues: number;
  n_problems: number;
  /** The rules that the options stand for. */
  rules: CueRules;
  /** The cues from the asked one on, 100 at most; empty for formats without cues. */
  cues: Cue[];
  /** The file's beginning, 20 000 characters at most; empty for formats with cues. */
  text: string;
}

export type Destination = "beside-recording" | "ask";

export interface Exported {
  /** Names of the files that were written. */
  files: string[];
  folder: string;
}
