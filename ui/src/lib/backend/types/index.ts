/**
 * The contract between the page and the shell.
 *
 * The page asks through the methods of {@link Backend} and is told what happens through one
 * stream of {@link Event}s. Everything is plain JSON, except for the bytes behind {@link
 * Backend.waveform}. Field names are those of Rust, SQL and HTTP. Times in a recording are whole
 * milliseconds from its beginning and end in `_ms`; moments are milliseconds since 1970 UTC and
 * end in `_at`.
 *
 * The page never names a file. Files reach the shell by a drop, a native dialog, a second start or
 * “open with”, and the page is told which entries came of it. Paths appear here as text to read.
 *
 * The page holds nothing that the shell cannot give it again: {@link Backend.open} begins anew.
 *
 * Every method rejects with a {@link Failure} and nothing else. A person who closes a dialog, or
 * stops a job, has made no mistake: such a method resolves with `null`.
 */

import type { Destination, Exported, ExportOptions, Preview } from "./export";
import type { HistoryPage, HistoryQuery, Storage } from "./history";
import type { Settings } from "./settings";
import type { Model, InstalledModels } from "./models";

export type * from "./export";
export type * from "./history";
export type * from "./settings";
export type * from "./models";

/** Milliseconds from the beginning of a recording. */
export type Ms = number;

/** Milliseconds since 1970-01-01 UTC. */
export type Moment = number;

/** Names an {@link Entry} for ever; the shell counts up. */
export type EntryId = number;

/* What was said ------------------------------------------------------------------------------ */

/** One word of the displayed text and when it was spoken. */
export interface Word {
  /** As displayed, punctuation included. */
  text: string;
  start_ms: Ms;
  end_ms: Ms;
  /** Smallest probability among the tokens that spell it, 0 to 1; 1 when a person typed it. */
  probability: number;
  /** How far the times can be trusted, 0 to 1; `null` when they were not measured. */
  quality: number | null;
}

/** Where the times of a segment come from. */
export type Timing = "aligned" | "estimated" | "piece";

/** A stretch of speech with its text. `words` spell `text`, in order, all but the white space. */
export interface Segment {
  start_ms: Ms;
  end_ms: Ms;
  text: string;
  /** English name of the language as the model says it, empty when it named none. */
  language: string;
  timing: Timing;
  speaker: string | null;
  words: Word[];
}

/** Replaces `remove` segments from the index `at` on by `insert`. The only way to change text. */
export interface Splice {
  at: number;
  remove: number;
  insert: Segment[];
}

/* What was handed over ----------------------------------------------------------------------- */

/** The kinds of failure, by what a person can do next; the page translates these. */
export type Code =
  | "recording-unreadable"
  | "recording-invalid"
  | "needs-ffmpeg"
  | "model-missing"
  | "model-invalid"
  /** Another program is working on the model's files. */
  | "model-busy"
  /** The network is switched off in the settings. */
  | "network-off"
  /** The network or a server did not give what was asked for. */
  | "network"
  /** What was named as a proxy or a mirror cannot be one. */
  | "address"
  | "no-space"
  /** The disk does not let a file be read or written. */
  | "disk"
  | "microphone"
  /** The system does not allow the microphone. */
  | "microphone-denied"
  /** A recording is being made, and only one thing is listened to at a time. */
  | "recording"
  /** The shortcut is another program's, or none. */
  | "shortcut"
  | "device"
  | "engine"
  /** The entry is gone; reload the list. */
  | "entry-missing"
  /** The transcript was changed elsewhere; open it again. */
  | "conflict"
  /** The history cannot be read or written: disk full, no permission, damaged. */
  | "store"
  /** The export cannot be written where it was to go. */
  | "export-unwritable"
  /** The file that was chosen is no backup of Earmark. */
  | "backup-invalid"
  | "internal";

export interface Failure {
  code: Code;
  /** What happened and what to do, in one English sentence without a full stop. */
  message: string;
}

/** How far an entry is. Only the last five are kept; the others last as long as the process. */
export type State =
  /** Being recorded; `microphone` is what it is called, `null` while there is none. Once the
   * recording has ended, what is left of it is `recognising`. */
  | { kind: "recording"; microphone: string | null }
  | { kind: "waiting" }
  /** Opening and decoding; no length is known yet. */
  | { kind: "reading" }
  /** `left_ms` is working time; `null` until it can be told. */
  | { kind: "recognising"; done_ms: Ms; total_ms: Ms | null; left_ms: number | null }
  | { kind: "aligning"; done_ms: Ms; total_ms: Ms | null; left_ms: number | null }
  /** To be paused at the end of the piece that is being heard. */
  | { kind: "pausing"; done_ms: Ms; total_ms: Ms | null }
  | { kind: "paused"; done_ms: Ms; total_ms: Ms | null }
  | { kind: "done" }
  /** Stopped by a person; what was finished is kept. */
  | { kind: "cancelled"; done_ms: Ms; total_ms: Ms | null }
  /** The process ended in the middle; `resume` goes on from the last finished piece. */
  | { kind: "unfinished"; done_ms: Ms; total_ms: Ms | null }
  | { kind: "failed"; failure: Failure; done_ms: Ms; total_ms: Ms | null };

/** One recording that was handed over, from its first second in the queue to its last in the
 * history. There is one for every recording, whatever became of it. */
export interface Entry {
  id: EntryId;
  /** The file's name without folders and ending, unless a person gave another. */
  title: string;
  /** The file's name, with its ending. */
  file: string;
  /** Where the file lay, to be read. */
  folder: string;
  added_at: Moment;
  duration_ms: Ms | null;
  /** English names of the languages heard, comma-joined; empty before that. */
  language: string;
  /** What the model is called; empty before one was loaded. */
  model: string;
  /** The model was the built-in demo, which understands its sample voice only. */
  is_demo: boolean;
  is_starred: boolean;
  deleted_at: Moment | null;
  n_words: number;
  /** The first words of the text, 200 characters at most. */
  excerpt: string;
  /** What the reader should know about the transcript, one sentence each. */
  warnings: string[];
  state: State;
}

/** An entry, opened to be read. */
export interface Opened {
  entry: Entry;
  /** All that is finished; while a job runs, the rest comes as {@link Event}s. */
  segments: Segment[];
  /** Counts the changes; {@link Backend.save} asks for it. */
  revision: number;
  /** Where the player gets the sound (a loopback address with a token); `null` when the
   * recording cannot be found any more. */
  audio_url: string | null;
  /** The names and words that were to be expected and stand in the text. */
  expected: string[];
}

/** What a recording looks like. */
export interface WaveformData {
  /** Loudness, {@link PEAKS_PER_SECOND} a second, 255 the loudest. */
  peaks: Uint8Array;
  /** Where somebody speaks, as pairs of start and end. */
  speech: [Ms, Ms][];
}

/** Hear a stretch of a recording anew. */
export type Retranscription =
  /** Times for the text that stands in the segments. */
  | { kind: "align"; at: number; n: number }
  /** Text and times; `null` lets the model tell the language. */
  | { kind: "recognise"; at: number; n: number; language: string | null; context: string };

/* What the page begins with, and what comes of it ------------------------------------------- */

/** How far a dictation is. */
export type Pill =
  /** `peak` is how loud it is, 0 to 1. */
  | { kind: "listening"; peak: number }
  | { kind: "thinking" }
  | { kind: "inserted" }
  | { kind: "copied" }
  /** No word was heard. */
  | { kind: "nothing" }
  | { kind: "failed"; code: Code };

export interface Device {
  name: string;
  title: string;
}

/** Something that can be recorded from. */
export interface Microphone {
  id: string;
  name: string;
  /** It gives what the computer plays. */
  is_system: boolean;
}

/** What this build can do beyond transcribing files one after the other. A control whose feature is
 * not here is not shown. */
export type Feature =
  | "record"
  | "captions"
  | "pause"
  | "reorder"
  | "history"
  | "edit"
  | "player"
  | "align-again"
  | "recognise-again"
  | "export"
  | "backup"
  | "models"
  | "stock"
  | "notify"
  | "log"
  /** The system has settings for what may hear the microphone. */
  | "microphone-privacy"
  /** The system has settings for what may paste into other programs. */
  | "accessibility-privacy"
  /** The system gives programs a shortcut. */
  | "dictate";

/** What the page begins with. */
export interface Opening {
  version: string;
  features: Feature[];
  settings: Settings;
  defaults: Settings;
  models: Model[];
  devices: Device[];
  /** English names of the languages that may be asked for. */
  languages: string[];
  /** Entries that wait, run, pause or are unfinished, in the order of the queue, then those that
   * ended since the process started. */
  queue: Entry[];
  /** Nothing was ever transcribed. */
  is_first_run: boolean;
  /** The bundled sample is there. */
  has_sample: boolean;
  /** Whether the shortcut dictates; `none` when it is switched off or cannot be had. */
  shortcut: "works" | "refused" | "none";
}

/** A page of the system's settings. */
export type Privacy = "microphone" | "accessibility";

export type Folder = "history" | "models" | "log";

export interface LogLine {
  at: Moment;
  level: "error" | "warn" | "info" | "debug";
  text: string;
}

/* What happens ------------------------------------------------------------------------------- */

export type Event =
  /** An entry is new in the queue or has changed. Progress comes four times a second at most. */
  | { kind: "entry"; entry: Entry }
  /** The queue's order, first to last; entries left out are no longer in it. */
  | { kind: "queue"; ids: EntryId[] }
  /** Text of the current piece so far; replaces the one before; a segment clears it. */
  | { kind: "text"; id: EntryId; text: string }
  /** A finished segment, to be appended. */
  | { kind: "segment"; id: EntryId; segment: Segment }
  /** What is being said in a recording. While `start_ms` stays the same, `committed` only grows
   * and only `tentative` may change; `late_ms` of sound are not heard yet. */
  | {
      kind: "words";
      id: EntryId;
      start_ms: Ms;
      committed: string;
      tentative: string;
      late_ms: Ms;
    }
  /** How loud a recording is, 0 to 1, and how long; some twenty times a second. */
  | { kind: "level"; id: EntryId; peak: number; recorded_ms: Ms }
  /** The window with captions was opened or closed. */
  | { kind: "captions"; is_open: boolean }
  /** Files are held over the window, have left it, or were dropped. */
  | { kind: "drag"; phase: "over" | "left" | "dropped" }
  /** How far a dictation is; for its own small window only. */
  | { kind: "pill"; pill: Pill }
  | { kind: "settings"; settings: Settings }
  | { kind: "models"; models: Model[] }
  /** A card has changed; ten times a second at most. */
  | { kind: "stock"; stock: InstalledModels }
  /** A model was loaded; `note` says why the device is not the best one, when it is not. */
  | { kind: "loaded"; title: string; is_demo: boolean; device: string; note: string | null }
  /** Somebody asked outside the window (notification, second start) to see an entry. */
  | { kind: "show"; id: EntryId; at_ms: Ms | null }
  /** Something failed that nobody was waiting for. */
  | { kind: "trouble"; failure: Failure };

/* What can be asked -------------------------------------------------------------------------- */

export interface Backend {
  /** Begins: what there is now, and from now on every event, in order. `open_page` */
  open(listen: (event: Event) => void): Promise<Opening>;

  /** Lets the person choose recordings and queues them; how many. `choose_files` */
  chooseFiles(): Promise<number | null>;
  /** The same for every recording in a folder, folders in it included. `choose_folder` */
  chooseFolder(): Promise<number | null>;
  /** Queues the bundled sample. `transcribe_sample` */
  transcribeSample(): Promise<EntryId>;
  /** Begins a recording; the one there is when there is one already. `record` */
  record(): Promise<EntryId>;
  /** What can be recorded from; empty when the system's sound cannot be reached.
   * `list_microphones` */
  microphones(): Promise<Microphone[]>;
  /** Opens the window with captions, or closes it. `toggle_captions` */
  toggleCaptions(): Promise<void>;
  /** Opens the system's settings for what programs may use. `open_privacy` */
  openPrivacy(page: Privacy): Promise<void>;
  /** Stops an entry that waits, runs, pauses or is recorded; what is finished is kept. What was
   * recorded is still heard to its end, unless that is stopped, too. `cancel` */
  cancel(id: EntryId): Promise<void>;
  /** Holds an entry at the end of its piece. `pause` */
  pause(id: EntryId): Promise<void>;
  /** Goes on with one that is pausing, paused, cancelled, unfinished or failed. `resume` */
  resume(id: EntryId): Promise<void>;
  /** Forgets what is finished and begins anew, with the present settings. `start_again` */
  startAgain(id: EntryId): Promise<void>;
  /** Moves a waiting entry in front of another, or to the end. `move_entry` */
  move(id: EntryId, before: EntryId | null): Promise<void>;
  /** Takes ended entries out of the queue; they stay in the history. `clear_queue` */
  clearQueue(ids: EntryId[]): Promise<void>;

  /** Opens an entry to be read. `open_entry` */
  openEntry(id: EntryId): Promise<Opened>;
  /** What the recording looks like; it may have to be read to its end first.
   * `outline` (raw bytes) */
  waveform(id: EntryId): Promise<WaveformData>;
  /** Applies changes in order, all or none; the new revision. `save` */
  save(id: EntryId, revision: number, splices: Splice[]): Promise<number>;
  /** Hears a stretch anew, in front of the queue; what should stand there instead, nothing when
   * nothing is said there. The stored transcript is not touched: the page saves what it takes
   * over. `redo_span` */
  retranscribe(id: EntryId, request: Retranscription): Promise<Segment[] | null>;
  /** Stops the running one, which resolves with `null`. `stop_redo` */
  stopRetranscription(): Promise<void>;
  /** Names an entry; an empty title gives the file's name back. `rename_entry` */
  rename(id: EntryId, title: string): Promise<void>;

  /** What an export would be; cues from number `from` on. `preview_export` */
  preview(id: EntryId, options: ExportOptions, from: number): Promise<Preview>;
  /** Writes files and remembers the options. `export_entries` */
  export(ids: EntryId[], options: ExportOptions, to: Destination): Promise<Exported | null>;
  /** Puts an export on the clipboard instead. `copy_entry` */
  copy(id: EntryId, options: ExportOptions): Promise<void>;
  /** Shows what was exported last in the system's file window. `show_exported` */
  showExported(): Promise<void>;
  /** Shows a recording in the system's file window. `show_recording` */
  showRecording(id: EntryId): Promise<void>;

  /** A page of the history. `list_history` */
  history(query: HistoryQuery): Promise<HistoryPage>;
  /** `star_entries` */
  star(ids: EntryId[], is_starred: boolean): Promise<void>;
  /** Puts entries among the deleted ones, where they stay 30 days. `delete_entries` */
  delete(ids: EntryId[]): Promise<void>;
  /** Takes them back. `restore_entries` */
  restore(ids: EntryId[]): Promise<void>;
  /** Removes deleted entries for good. `purge_entries` */
  purge(ids: EntryId[]): Promise<void>;
  /** `storage` */
  storage(): Promise<Storage>;
  /** Writes everything into one file the person chooses; its name. `back_up` */
  backUp(): Promise<string | null>;
  /** Adds what a backup holds to the history; how many entries were new. Settings that were never
   * chosen here are taken over. `restore_backup` */
  restoreBackup(): Promise<number | null>;

  /** Changes some settings; all of them as they are now. `change_settings` */
  changeSettings(change: Partial<Settings>): Promise<Settings>;
  /** Lets the person choose a folder with a model's files and uses it. `choose_model` */
  chooseModel(): Promise<Model | null>;
  /** The cards of models. `model_stock` */
  installedModels(): Promise<InstalledModels>;
  /** Brings a model, or goes on where its last download ended. `download_model` */
  downloadModel(name: string): Promise<void>;
  /** Lets a download wait, or go on. `pause_model` */
  pauseModel(name: string, is_paused: boolean): Promise<void>;
  /** Ends a download; what has come is kept. `stop_model` */
  stopModel(name: string): Promise<void>;
  /** Finds out how fast a model is here; resolves when its card says it. `measure_model` */
  measureModel(name: string): Promise<void>;
  /** Lets the person choose a folder or an archive with a model in it, and takes that in.
   * `import_model` */
  importModel(is_archive: boolean): Promise<true | null>;
  /** Removes a model from this computer. `remove_model` */
  removeModel(name: string): Promise<void>;
  /** Opens a folder in the system's file window. `open_folder` */
  openFolder(folder: Folder): Promise<void>;
  /** Where the folders are, to be read. `folders` */
  folders(): Promise<Record<Folder, string>>;
  /** The newest lines of the log, 500 at most, oldest first. `read_log` */
  log(): Promise<LogLine[]>;
  /** Version, system, device, models, settings; no text and no file names. `diagnostics` */
  diagnostics(): Promise<string>;
  /** Puts a text on the clipboard. `copy_text` */
  copyText(text: string): Promise<void>;
}

/** Peaks a second in {@link WaveformData}. */
export const PEAKS_PER_SECOND = 50;
