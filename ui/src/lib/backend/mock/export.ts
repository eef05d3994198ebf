/** The mock's exports: the simplest ones that show every part of the contract. */

import { between } from "$lib/edit/writing_system";
import { hasCues } from "$lib/export_formats";

import type {
  Cue,
  CueProblem,
  CueRules,
  Entry,
  ExportOptions,
  Preset,
  Preview,
  Segment,
  Word,
} from "../types";

const MOST_CUES = 100;

const PRESETS: Record<Exclude<Preset, "own" | "usual">, CueRules> = {
  broadcast: {
    max_columns: 42,
    max_lines: 2,
    min_ms: 833,
    max_ms: 7000,
    gap_ms: 83,
    max_columns_per_s: 20,
  },
  social: {
    max_columns: 24,
    max_lines: 1,
    min_ms: 500,
    max_ms: 3000,
    gap_ms: 0,
    max_columns_per_s: 20,
  },
  chinese: {
    max_columns: 32,
    max_lines: 2,
    min_ms: 833,
    max_ms: 7000,
    gap_ms: 83,
    max_columns_per_s: 18,
  },
};

function rulesOf({ preset, cues }: ExportOptions, segments: readonly Segment[]): CueRules {
  if (preset === "own") return cues;
  const usual = segments[0]?.language === "Chinese" ? "chinese" : "broadcast";
  return PRESETS[preset === "usual" ? usual : preset];
}

export function preview(
  entry: Entry,
  segments: readonly Segment[],
  options: ExportOptions,
  from: number,
  isTaken: (name: string) => boolean,
): Preview {
  const name = `${nameOf(entry, options.name_template)}.${options.format}`;
  const name_beside = free(name, isTaken);
  const rules = rulesOf(options, segments);
  if (!hasCues(options.format)) {
    const text = render(entry, segments, options).slice(0, 20_000);
    return { name, name_beside, n_cues: 0, n_problems: 0, rules, cues: [], text };
  }
  const cues = cut(segments, options);
  return {
    name,
    name_beside,
    n_cues: cues.length,
    n_problems: cues.filter((cue) => cue.problems.length > 0).length,
    rules,
    cues: cues.slice(from, from + MOST_CUES),
    text: "",
  };
}

/** The name, or the first that is free with a number behind it. */
function free(name: string, isTaken: (name: string) => boolean): string {
  const [, stem, ending] = /^(.*)\.(.*)$/.exec(name) ?? [];
  let found = name;
  for (let n = 2; isTaken(found); n += 1) found = `${stem} (${n}).${ending}`;
  return found;
}

export function render(entry: Entry, segments: readonly Segment[], options: ExportOptions): string {
  const cues = () => cut(segments, options);
  const line = (s: Segment) =>
    (options.with_times ? `[${clock(s.start_ms, ".").slice(0, 8)}] ` : "") +
    (options.with_speakers && s.speaker ? `${s.speaker}: ` : "") +
    s.text;
  switch (options.format) {
    case "txt":
    case "docx":
      return segments.map((s) => `${line(s)}\n`).join("");
    case "md":
      return `# ${entry.title}\n\n${segments.map((s) => `${line(s)}\n\n`).join("")}`;
    case "json":
      return JSON.stringify({ title: entry.title, segments }, null, 2);
    case "csv":
    case "tsv": {
      const mark = options.format === "csv" ? "," : "\t";
      return segments.map((s) => [s.start_ms, s.end_ms, s.text].join(mark) + "\n").join("");
    }
    case "ass":
    case "lrc":
      return cues()
        .map((cue) => `[${clock(cue.start_ms, ".")}]${cue.lines.join(" ")}\n`)
        .join("");
    case "srt":
      return cues()
        .map((cue, i) => `${i + 1}\n${times(cue, ",")}\n${cue.lines.join("\n")}\n`)
        .join("\n");
    case "vtt":
      return `WEBVTT\n\n${cues()
        .map((cue) => `${times(cue, ".")}\n${cue.lines.join("\n")}\n`)
        .join("\n")}`;
  }
}

function times(cue: Cue, mark: string): string {
  return `${clock(cue.start_ms, mark)} --> ${clock(cue.end_ms, mark)}`;
}

function clock(ms: number, mark: string): string {
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const rest = String(ms % 1000).padStart(3, "0");
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${mark}${rest}`;
}

function nameOf(entry: Entry, template: string): string {
  const date = new Date(entry.added_at).toISOString().slice(0, 10);
  const named = template
    .replaceAll("{title}", entry.title)
    .replaceAll("{date}", date)
    .replaceAll("{language}", entry.language);
  return named.trim() || entry.title;
}

/** Fills lines with words until the rules say stop. */
function cut(segments: readonly Segment[], options: ExportOptions): Cue[] {
  const { with_speakers } = options;
  const rules = rulesOf(options, segments);
  return segments.flatMap((segment) => {
    const found: Cue[] = [];
    const who = with_speakers && segment.speaker ? `${segment.speaker}: ` : "";
    let lines: string[] = [who];
    let words: Word[] = [];
    const flush = () => {
      if (words.length > 0) found.push(cueOf(words, lines, rules));
      lines = [""];
      words = [];
    };
    for (const word of segment.words) {
      const line = lines.at(-1) ?? "";
      const longer = line + between(line, word.text) + word.text;
      const start = words[0]?.start_ms ?? word.start_ms;
      if (words.length > 0 && word.end_ms - start > rules.max_ms) flush();
      if (columns(longer) <= rules.max_columns || words.length === 0) {
        lines[lines.length - 1] = words.length === 0 ? lines.at(-1) + word.text : longer;
      } else if (lines.length < rules.max_lines) {
        lines.push(word.text);
      } else {
        flush();
        lines = [word.text];
      }
      words.push(word);
    }
    flush();
    return found;
  });
}

function cueOf(words: Word[], lines: string[], rules: CueRules): Cue {
  const start_ms = words[0]?.start_ms ?? 0;
  const end_ms = Math.max(words.at(-1)?.end_ms ?? 0, start_ms + rules.min_ms);
  const problems: CueProblem[] = [];
  const width = lines.reduce((sum, line) => sum + columns(line), 0);
  if (width / ((end_ms - start_ms) / 1000) > rules.max_columns_per_s) problems.push("too-fast");
  if (end_ms - start_ms > rules.max_ms) problems.push("too-long");
  if (lines.some((line) => columns(line) > rules.max_columns)) problems.push("too-wide");
  if (words.some((word) => word.quality === null)) problems.push("estimated");
  return { start_ms, end_ms, lines, problems };
}

/** Columns a text takes: full-width characters take two. */
function columns(text: string): number {
  let n = 0;
  for (const c of text)
    n +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]/u.test(
        c,
      )
        ? 2
        : 1;
  return n;
}
