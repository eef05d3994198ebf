/** The types that the page and the application exchange. Written by `cargo xtask types` from `crates/app/src/api`; changes belong there. */

/** Which model suits this computer. */
export type Advice = {
  /** Name of the model. */
  model: string,
  /** The type its matrices should be loaded as. */
  dtype: string,
  /** Why. */
  reason: AdviceReason, };

/** Why a model suits this computer. */
export type AdviceReason = "gpu" | "roomy" | "slow-processor" | "little-memory" | "too-little-memory";

/** The kinds of failure, by what a person can do next; the page translates these. */
export type Code = "recording-unreadable" | "recording-invalid" | "needs-ffmpeg" | "model-missing" | "model-invalid" | "not-a-model" | "model-busy" | "network-off" | "network" | "address" | "no-space" | "disk" | "microphone" | "microphone-denied" | "recording" | "shortcut" | "device" | "engine" | "entry-missing" | "conflict" | "store" | "export-unwritable" | "backup-invalid" | "internal";

/** What models run on. */
export type Computer = {
  /** Name of the processor. */
  processor: string,
  /** How many threads it runs at once. */
  n_threads: number,
  /** Size of the memory; `null` when it is not known. */
  memory_bytes: number | null,
  /** The graphics cards. */
  gpus: Array<Gpu>, };

/** One subtitle. */
export type Cue = {
  /** When it appears. */
  start_ms: number,
  /** When it disappears. */
  end_ms: number,
  /** Its lines. */
  lines: Array<string>,
  /** What a reader would mind. */
  problems: Array<CueProblem>, };

/** What a reader of subtitles would mind. */
export type CueProblem = "too-fast" | "too-long" | "too-wide" | "estimated";

/** How text is cut into subtitles; the other formats ignore it. */
export type CueRules = {
  /** Longest line, in columns; a Chinese character takes two. */
  max_columns: number,
  /** Most lines of a cue: 1, 2 or 3. */
  max_lines: number,
  /** Shortest time that a cue is shown. */
  min_ms: number,
  /** Longest time that a cue is shown. */
  max_ms: number,
  /** Silence kept between two cues. */
  gap_ms: number,
  /** Reading speed, in columns per second, above which a cue is reported. */
  max_columns_per_s: number, };

/** Where an export goes. */
export type Destination = "beside-recording" | "ask";

/** What a model can compute on. */
export type Device = {
  /** Names it in the settings. */
  name: string,
  /** What a person calls it; empty for the automatic choice. */
  title: string, };

/** How far a dictation is. */
export type DictationState = { "kind": "listening",
  /** How loud it is, 0 to 1. */
  peak: number, } | { "kind": "thinking" } | { "kind": "inserted" } | { "kind": "copied" } | { "kind": "nothing" } | { "kind": "failed",
  /** The kind of failure. */
  code: Code, };

/** Where files are that a person drags. */
export type DragPhase = "over" | "left" | "dropped";

/** One recording that was handed over. There is one for every recording, whatever became of it. */
export type Entry = {
  /** Names it. */
  id: number,
  /** The file's name without folders and extension, unless a person gave another. */
  title: string,
  /** The file's name, with its extension. */
  file: string,
  /** The file's folder, to be read. */
  folder: string,
  /** When it was handed over. */
  added_at: number,
  /** How long the recording is; `null` until that is known. */
  duration_ms: number | null,
  /** English names of the languages that were recognised, comma-joined; empty before that. */
  language: string,
  /** Title of the model; empty before one was loaded. */
  model: string,
  /** It was dictated. */
  is_dictation: boolean,
  /** The model was the built-in demo, which understands its sample voice only. */
  is_demo: boolean,
  /** A person starred it. */
  is_starred: boolean,
  /** When it was deleted; `null` when it was not. */
  deleted_at: number | null,
  /** How many words its text has. */
  n_words: number,
  /** The first words of the text, 200 characters at most. */
  excerpt: string,
  /** What the reader should know about the transcript, one sentence each. */
  warnings: Array<string>,
  /** How far it is. */
  state: State, };

/** What has happened. */
export type Event = { "kind": "entry",
  /** The entry as it is now. */
  entry: Entry, } | { "kind": "queue",
  /** The entries in order. */
  ids: Array<number>, } | { "kind": "not-added",
  /** How many recordings were added. */
  n_added: number,
  /** The first of those that were not. */
  named: Array<NotAdded>,
  /** How many were not added. */
  n_not_added: number, } | { "kind": "text",
  /** The entry. */
  id: number,
  /** The text; replaces the one before. */
  text: string, } | { "kind": "segment",
  /** The entry. */
  id: number,
  /** The segment. */
  segment: Segment, } | { "kind": "words",
  /** The entry. */
  id: number,
  /** When the current utterance begins. */
  start_ms: number,
  /** Text that does not change any more. */
  committed: string,
  /** Text behind it that still may change. */
  tentative: string,
  /** How far recognition is behind the microphone. */
  late_ms: number, } | { "kind": "level",
  /** The entry. */
  id: number,
  /** How loud it is, 0 to 1. */
  peak: number,
  /** How much was recorded. */
  recorded_ms: number, } | { "kind": "captions",
  /** Whether it is open. */
  is_open: boolean, } | { "kind": "drag",
  /** Where they are. */
  phase: DragPhase, } | { "kind": "dictation",
  /** The state. */
  state: DictationState, } | { "kind": "settings",
  /** All of them. */
  settings: Settings, } | { "kind": "models",
  /** All of them. */
  models: Array<Model>, } | { "kind": "installed-models",
  /** All that it shows. */
  installed: InstalledModels, } | { "kind": "loaded",
  /** The model's title. */
  title: string,
  /** It is the built-in demo. */
  is_demo: boolean,
  /** What it computes on. */
  device: string,
  /** Why the device is not the best one; `null` when it is. */
  note: string | null, } | { "kind": "show",
  /** The entry. */
  id: number,
  /** The time to go to. */
  at_ms: number | null, } | { "kind": "trouble",
  /** What happened. */
  failure: Failure, };

/** What an export is made with. */
export type ExportOptions = {
  /** The format. */
  format: Format,
  /** The rules of subtitles, by name. */
  preset: Preset,
  /** The rules, when they are a person's own. */
  cues: CueRules,
  /** Begin a line with who speaks, where that is known. JSON and tables always say it. */
  with_speakers: boolean,
  /** Begin a paragraph with its time; text, Markdown and documents only. */
  with_times: boolean,
  /** Mark when each word is spoken; WebVTT, ASS and LRC only. */
  with_word_times: boolean,
  /** Leave out what is neither letter nor digit; not in JSON. */
  without_punctuation: boolean,
  /** The script that Chinese is written in; `null` leaves it as it is. */
  script: Script | null,
  /** Begin with a byte order mark; not JSON and documents. */
  with_bom: boolean,
  /** End lines as Windows does; not in documents. */
  with_crlf: boolean,
  /** The file's name without its extension; `{title}`, `{date}` and `{language}` are filled in. */
  name_template: string, };

/** What an export has written. */
export type Exported = {
  /** Names of the files that were written. */
  files: Array<string>,
  /** Their folder. */
  folder: string, };

/** Why something did not succeed. */
export type Failure = {
  /** The kind of failure. */
  code: Code,
  /** What happened and what to do, in one English sentence without a full stop. */
  message: string, };

/** What this build can do beyond transcribing files one after the other. The page hides a control
 * whose feature is missing. */
export type Feature = "record" | "captions" | "pause" | "reorder" | "history" | "edit" | "player" | "align-again" | "recognise-again" | "export" | "backup" | "models" | "notify" | "log" | "installed-models" | "microphone-privacy" | "accessibility-privacy" | "dictate";

/** A folder of the program. */
export type Folder = "history" | "models" | "log";

/** Where the folders of the program are, to be read. */
export type Folders = {
  /** Transcripts and recordings. */
  history: string,
  /** Models. */
  models: string,
  /** The log. */
  log: string, };

/** The format of an export. */
export type Format = "txt" | "md" | "docx" | "srt" | "vtt" | "ass" | "lrc" | "json" | "csv" | "tsv";

/** A graphics card. */
export type Gpu = {
  /** What the system calls it. */
  name: string,
  /** Size of its memory. */
  memory_bytes: number,
  /** This build can compute on it. */
  is_usable: boolean, };

/** Which entries of the history are listed. */
export type HistoryFilter = "all" | "recordings" | "dictations" | "starred" | "problems" | "deleted";

/** A page of the history. */
export type HistoryPage = {
  /** Newest first, 50 at most. */
  rows: Array<HistoryRow>,
  /** How many entries there are; `null` where there are more pages and nobody counted. */
  n_total: number | null,
  /** What the next page is asked for with; `null` when there is none. */
  next: string | null, };

/** Asks for a page of the history. */
export type HistoryQuery = {
  /** All of these words, in any order, as parts of the text or of the title; quotation marks hold
   * a phrase together. One Chinese character is enough. */
  text: string,
  /** Which entries. */
  filter: HistoryFilter,
  /** English name of a language, or `null` for every one. */
  language: string | null,
  /** `next` of the page before, or `null` for the first. */
  after: string | null, };

/** An entry of the history, and where the text was found in it. */
export type HistoryRow = {
  /** The entry. */
  entry: Entry,
  /** The first places, three at most. */
  hits: Array<Hit>,
  /** How many places there are. */
  n_hits: number, };

/** A place where the text was found. */
export type Hit = {
  /** Index of the segment. */
  at: number,
  /** When the segment begins. */
  start_ms: number,
  /** The line, in parts; matches are marked. */
  parts: Array<HitPart>, };

/** A part of a line in which something was found. */
export type HitPart = {
  /** Its text. */
  text: string,
  /** It was searched for. */
  is_match: boolean, };

/** How dictated text is inserted; after a paste the clipboard is restored. */
export type Insertion = "paste" | "type" | "copy";

/** What the screen of models shows. */
export type InstalledModels = {
  /** The models of the catalog, and those found on this computer. */
  models: Array<ModelInfo>,
  /** Which model suits this computer, and why. */
  advice: Advice,
  /** The mirrors that are known. */
  mirrors: Array<Mirror>,
  /** What models run on. */
  computer: Computer,
  /** Requests made since the program started. */
  n_requests: number,
  /** A model is being imported from files. */
  is_importing: boolean, };

/** The language of the interface. */
export type InterfaceLanguage = "system" | "en" | "zh-CN";

/** How grave a line of the log is. */
export type Level = "error" | "warn" | "info" | "debug";

/** A line of the log. */
export type LogLine = {
  /** When it was written. */
  at: number,
  /** How grave it is. */
  level: Level,
  /** What it says. */
  text: string, };

/** Something that can be recorded from. */
export type Microphone = {
  /** Names it in the settings. */
  id: string,
  /** What the system calls it. */
  name: string,
  /** It gives what the computer plays. */
  is_system: boolean, };

/** A server that has the files of models. */
export type Mirror = {
  /** Names it in the settings. */
  name: string,
  /** What a person calls it. */
  title: string, };

/** A model that can be chosen. */
export type Model = {
  /** Names it in the settings. */
  name: string,
  /** What a person calls it. */
  title: string,
  /** It is the built-in demo. */
  is_demo: boolean,
  /** It is on this computer and complete. */
  is_ready: boolean,
  /** Size of its files. */
  bytes: number, };

/** A model as a person chooses it. */
export type ModelInfo = {
  /** Names it. */
  name: string,
  /** What a person calls it. */
  title: string,
  /** It measures the times of words; otherwise it turns speech into text. */
  is_aligner: boolean,
  /** When to choose it, in English. */
  about: string,
  /** English names of its languages. */
  languages: Array<string>,
  /** Its licence. */
  licence: string,
  /** Size of its files. */
  bytes: number,
  /** Memory it takes while it works, where that is known. */
  memory_bytes: number | null,
  /** It suits this computer. */
  is_recommended: boolean,
  /** How fast it was measured to be here. */
  speed: Speed | null,
  /** Its speed is being measured. */
  is_being_measured: boolean,
  /** How far it is on this computer. */
  state: ModelState, };

/** How far a model is on this computer. */
export type ModelState = { "kind": "built-in" } | { "kind": "here" } | { "kind": "absent" } | { "kind": "in-part",
  /** Bytes that are there. */
  done: number,
  /** Bytes of the whole model. */
  total: number, } | { "kind": "coming",
  /** Bytes that are there. */
  done: number,
  /** Bytes of the whole model. */
  total: number | null,
  /** Speed of the download. */
  bytes_per_s: number,
  /** Time that is left; `null` until it can be estimated. */
  left_ms: number | null,
  /** A person paused it. */
  is_paused: boolean,
  /** No server can be reached; it tries again. */
  is_retrying: boolean, };

/** A file or a folder that was handed over and is no recording. */
export type NotAdded = {
  /** Its name. */
  name: string,
  /** What it is instead. */
  reason: NotAddedReason, };

/** Why something that was handed over was not added. */
export type NotAddedReason = "empty" | "subtitles" | "picture" | "playlist" | "no-recording" | "unreadable";

/** An entry, opened to be read. */
export type Opened = {
  /** The entry. */
  entry: Entry,
  /** All finished segments; while a job runs, the rest comes as events. */
  segments: Array<Segment>,
  /** Counts the changes; saving asks for it. */
  revision: number,
  /** Where the player gets the sound (a loopback address with a token); `null` when the
   * recording cannot be found any more. */
  audio_url: string | null,
  /** The expected names and words that stand in the text. */
  expected: Array<string>, };

/** What the page begins with. */
export type Opening = {
  /** The program's version. */
  version: string,
  /** What this build can do. */
  features: Array<Feature>,
  /** The settings as they are. */
  settings: Settings,
  /** The settings of a fresh installation. */
  defaults: Settings,
  /** The models that can be chosen. */
  models: Array<Model>,
  /** The devices that can be chosen. */
  devices: Array<Device>,
  /** English names of the languages that can be chosen. */
  languages: Array<string>,
  /** Entries that wait, run, pause or are unfinished, in the order of the queue, then those that
   * ended since the process started. */
  queue: Array<Entry>,
  /** Nothing was ever transcribed. */
  is_first_run: boolean,
  /** The bundled sample is there. */
  has_sample: boolean,
  /** Whether the shortcut for dictation works. */
  shortcut: ShortcutState, };

/** A named set of subtitle rules. */
export type Preset = "usual" | "broadcast" | "social" | "chinese" | "own";

/** What an export would be. */
export type Preview = {
  /** The file's name as it would be. */
  name: string,
  /** Its name next to the recording, where a file of that name may be already. */
  name_beside: string,
  /** How many cues it has. */
  n_cues: number,
  /** How many of them have problems. */
  n_problems: number,
  /** The rules that the options stand for. */
  rules: CueRules,
  /** The cues from the asked one on, 100 at most; empty for formats without cues. */
  cues: Array<Cue>,
  /** The file's beginning, 20 000 characters at most; empty for formats with cues. */
  text: string, };

/** A page of the system's privacy settings. */
export type Privacy = "microphone" | "accessibility";

/** A named context: the names and terms of one kind of recording. */
export type Profile = {
  /** What a person calls it. */
  name: string,
  /** Names and words to expect. */
  context: string, };

/** Asks to align or recognise a stretch of a recording again. */
export type Retranscription = { "kind": "align",
  /** Index of the first segment. */
  at: number,
  /** How many segments. */
  n: number, } | { "kind": "recognise",
  /** Index of the first segment. */
  at: number,
  /** How many segments. */
  n: number,
  /** English name of the language; `null` lets the model detect it. */
  language: string | null,
  /** Names and words to expect. */
  context: string, };

/** The script that Chinese is written in. */
export type Script = "simplified" | "traditional";

/** A stretch of speech with its text. `words` spell `text`, in order, all but the white space. */
export type Segment = {
  /** When it begins. */
  start_ms: number,
  /** When it ends. */
  end_ms: number,
  /** Its text, as displayed. */
  text: string,
  /** English name of the language as the model gives it, empty when it gave none. */
  language: string,
  /** Where its times come from. */
  timing: Timing,
  /** Who speaks; `null` when that is not known. */
  speaker: string | null,
  /** Its words, with their times. */
  words: Array<Word>, };

/** All settings. */
export type Settings = {
  /** The language of the interface. */
  interface_language: InterfaceLanguage,
  /** Light or dark. */
  theme: Theme,
  /** Size of the transcript's text in CSS pixels. */
  text_px: number,
  /** Size of captions in CSS pixels. */
  caption_px: number,
  /** Show the times of lines. */
  show_times: boolean,
  /** Show who speaks. */
  show_speakers: boolean,
  /** Show the waveform. */
  show_waveform: boolean,
  /** Name of the model for new jobs. */
  model: string,
  /** English name of the language to assume, or `null` to let the model detect it. */
  language: string | null,
  /** Names and words to expect, where no profile is chosen. */
  context: string,
  /** The same, for one kind of recording each; their names are unique. */
  profiles: Array<Profile>,
  /** Name of the chosen profile. */
  profile: string | null,
  /** Name of the device to compute on. */
  device: string,
  /** Id of what is recorded, `system` for what the computer plays; `null` follows the system's
   * choice. */
  microphone: string | null,
  /** A recording has what the computer plays on a second channel, and tells who speaks. */
  record_system: boolean,
  /** What an export was last made with. */
  export: ExportOptions,
  /** Where an export last went. */
  export_to: Destination,
  /** Entries older than this go to the deleted ones; starred ones stay; `null` keeps all. */
  keep_days: number | null,
  /** Show a notification when transcripts are ready. */
  notify_when_done: boolean,
  /** No connection is opened, not even when asked for. */
  network_off: boolean,
  /** Address of the proxy for downloads, `none` for a direct connection, `null` for the system's. */
  proxy: string | null,
  /** Name of the mirror that downloads try first, or the address of one; `null` for the automatic
   * choice. */
  mirror: string | null,
  /** An idle model is unloaded after so many minutes; `null` keeps it. */
  unload_after_min: number | null,
  /** The shortcut that dictates, such as `Ctrl+Alt+Space`; `null` for none. */
  dictation_shortcut: string | null,
  /** How dictated text is inserted. */
  dictation_insertion: Insertion,
  /** Spoken punctuation and line breaks become such. */
  dictation_marks: boolean,
  /** Dictations older than this are removed for good, but for starred ones; 0 removes each as soon
   * as its text is inserted, `null` keeps them as long as transcripts. */
  keep_dictation_days: number | null,
  /** Keep the sound of a dictation when its text is there. */
  keep_dictation_audio: boolean, };

/** Whether the shortcut for dictation works. */
export type ShortcutState = "works" | "refused" | "none";

/** How fast a model was measured to be. */
export type Speed = {
  /** Seconds of work for a second of sound. */
  factor: number,
  /** What it was measured on. */
  device: string, };

/** Replaces `remove` segments from the index `at` on by `insert`. The only way to change text. */
export type Splice = {
  /** Index of the first segment that is replaced. */
  at: number,
  /** How many segments are taken out. */
  remove: number,
  /** The segments that are put in. */
  insert: Array<Segment>, };

/** How far an entry is. `done`, `cancelled`, `unfinished` and `failed` are kept; the others last
 * as long as the process. */
export type State = { "kind": "recording",
  /** The name of the microphone; `null` while there is none. */
  microphone: string | null,
  /** Paused by a person: nothing is recorded meanwhile. */
  is_paused: boolean, } | { "kind": "waiting" } | { "kind": "reading" } | { "kind": "recognising",
  /** How much of the recording is finished. */
  done_ms: number,
  /** How long the recording is; `null` while that is not known. */
  total_ms: number | null,
  /** Working time that is left; `null` until it can be estimated. */
  left_ms: number | null, } | { "kind": "pausing",
  /** How much of the recording is finished. */
  done_ms: number,
  /** How long the recording is; `null` while that is not known. */
  total_ms: number | null, } | { "kind": "paused",
  /** How much of the recording is finished. */
  done_ms: number,
  /** How long the recording is; `null` while that is not known. */
  total_ms: number | null, } | { "kind": "done" } | { "kind": "cancelled",
  /** How much of the recording is finished. */
  done_ms: number,
  /** How long the recording is; `null` while that is not known. */
  total_ms: number | null, } | { "kind": "unfinished",
  /** How much of the recording is finished. */
  done_ms: number,
  /** How long the recording is; `null` while that is not known. */
  total_ms: number | null, } | { "kind": "failed",
  /** What happened. */
  failure: Failure,
  /** How much of the recording is finished. */
  done_ms: number,
  /** How long the recording is; `null` while that is not known. */
  total_ms: number | null, };

/** How much the history takes on the disk. */
export type Storage = {
  /** How many entries there are. */
  n_entries: number,
  /** How many deleted ones. */
  n_deleted: number,
  /** Size of the database. */
  database_bytes: number,
  /** Size of kept recordings (made with the microphone); a person's own files are not counted. */
  audio_bytes: number,
  /** Where the history is. */
  folder: string, };

/** Light or dark. */
export type Theme = "system" | "light" | "dark";

/** Where the times of a segment come from. */
export type Timing = "aligned" | "estimated" | "piece" | "given";

/** One word of the displayed text and when it was spoken. */
export type Word = {
  /** As displayed, punctuation included. */
  text: string,
  /** When it begins. */
  start_ms: number,
  /** When it ends. */
  end_ms: number,
  /** Smallest probability among the tokens that spell it, 0 to 1; 1 when a person typed it. */
  probability: number,
  /** How far the times can be trusted, 0 to 1; `null` when they were not measured. */
  quality: number | null, };
