/** The history and the settings that the mock starts with. */

import type { Entry, Segment, Settings, State } from "../types";
import { speak, speakWords } from "./speech";

export interface Stored {
  entry: Entry;
  /** Everything that is said in it. */
  spoken: Segment[];
  /** What is finished. */
  segments: Segment[];
  revision: number;
  /** What was to be expected and stands in the text. */
  expected?: string[];
}

export const defaults: Settings = {
  interface_language: "system",
  theme: "system",
  text_px: 16,
  caption_px: 32,
  show_times: true,
  show_speakers: true,
  show_waveform: true,
  model: "demo",
  language: null,
  context: "",
  profiles: [],
  profile: null,
  device: "auto",
  microphone: null,
  record_system: false,
  export: {
    format: "srt",
    preset: "usual",
    cues: {
      max_columns: 42,
      max_lines: 2,
      min_ms: 800,
      max_ms: 7000,
      gap_ms: 80,
      max_columns_per_s: 20,
    },
    with_speakers: false,
    with_times: false,
    with_word_times: false,
    without_punctuation: false,
    script: null,
    with_bom: false,
    with_crlf: false,
    name_template: "{title}",
  },
  export_to: "beside-recording",
  keep_days: null,
  notify_when_done: true,
  network_off: false,
  dictation_shortcut: "Ctrl+Alt+Space",
  dictation_insertion: "paste",
  dictation_marks: true,
  keep_dictation_days: null,
  keep_dictation_audio: false,
  proxy: null,
  mirror: null,
  unload_after_min: 10,
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A stored entry. */
export function stored(id: number, file: string, added_at: number, spoken: Segment[]): Stored {
  const end = spoken.at(-1)?.end_ms ?? 0;
  return {
    entry: {
      id,
      title: file.replace(/\.[^.]+$/, ""),
      file,
      folder: "/home/mara/Recordings",
      added_at,
      duration_ms: end + 700,
      language: "",
      model: "",
      is_dictation: false,
      is_demo: false,
      is_starred: false,
      deleted_at: null,
      n_words: 0,
      excerpt: "",
      warnings: [],
      state: { kind: "waiting" },
    },
    spoken,
    segments: [],
    revision: 0,
  };
}

/** What the entry says of its text follows from the text. */
export function describe(it: Stored): void {
  it.entry.language = [...new Set(it.segments.map((s) => s.language))].join(",");
  it.entry.n_words = it.segments.reduce((n, s) => n + s.words.length, 0);
  it.entry.excerpt = it.segments
    .slice(0, 4)
    .map((s) => s.text)
    .join(it.entry.language === "Chinese" ? "" : " ")
    .slice(0, 200);
}

function finished(it: Stored, n = it.spoken.length): Stored {
  it.segments = it.spoken.slice(0, n);
  it.entry.state = { kind: "done" };
  it.entry.model = "Qwen3-ASR 0.6B";
  describe(it);
  return it;
}

/** A history of a few weeks. */
export function history(now: number): Stored[] {
  const en = (minutes: number, seed: number) => speak("English", minutes * MINUTE, seed);
  const zh = (minutes: number, seed: number) => speak("Chinese", minutes * MINUTE, seed);
  const unread = (it: Stored) => {
    it.entry.duration_ms = null;
    return it;
  };
  const at = (state: State, it: Stored) => {
    it.entry.state = state;
    return it;
  };
  const list = [
    finished(stored(1, "Field notes, Port Vell.m4a", now - 23 * DAY, en(2, 3))),
    finished(stored(2, "2026-10-30 oral history, part 1.mp3", now - 21 * DAY, en(6, 5))),
    finished(stored(3, "老城区访谈 03.wav", now - 9 * DAY, zh(4, 9))),
    finished(stored(4, "Lecture 7: tides.mp4", now - 8 * DAY - 3 * HOUR, en(9, 11))),
    at(
      {
        kind: "failed",
        failure: {
          code: "recording-invalid",
          message:
            "voicemail.amr holds no sound that can be read; choose another file or repair it",
        },
        done_ms: 0,
        total_ms: null,
      },
      unread(stored(5, "voicemail.amr", now - 8 * DAY - 4 * HOUR, [])),
    ),
    finished(stored(6, "晨会录音.m4a", now - DAY - 2 * HOUR, zh(3, 13))),
    at(
      { kind: "unfinished", done_ms: 74_000, total_ms: 420_000 },
      finished(
        stored(7, "Interview with the harbour master.flac", now - DAY - 5 * HOUR, en(7, 17)),
        8,
      ),
    ),
    finished(stored(8, "Survey meeting.m4a", now - 2 * HOUR, en(3, 19))),
  ];
  for (const id of [1, 5]) {
    const it = list.find((one) => one.entry.id === id);
    if (it) it.entry.is_starred = id === 1;
  }
  return list;
}

/** Three hours, forty thousand words. */
export function longMeeting(now: number): Stored {
  return finished(stored(90, "Council meeting, full.mp4", now - 3 * HOUR, speakWords(40_000, 23)));
}
