/**
 * The contract between the page and the application.
 *
 * The values are generated from the application's own types ({@link ./generated/api}); what the
 * page can ask for is {@link Backend}. What happens is told through one stream of {@link Event}s.
 *
 * The page holds nothing that the application cannot give it again: {@link Backend.open} begins
 * anew.
 *
 * Every method rejects with a {@link Failure} and nothing else. A person who closes a dialog, or
 * stops a job, has made no mistake: such a method resolves with `null`.
 */

import type {
  Destination,
  Event,
  Exported,
  ExportOptions,
  Folder,
  Folders,
  HistoryPage,
  HistoryQuery,
  InstalledModels,
  LogLine,
  Microphone,
  Model,
  Opened,
  Opening,
  Preview,
  Privacy,
  Retranscription,
  Segment,
  Settings,
  Splice,
  Storage,
} from "./generated/api";

export type * from "./generated/api";

/** Milliseconds from the beginning of a recording; names of such fields end in `_ms`. */
export type Ms = number;

/** Milliseconds since 1970-01-01 UTC; names of such fields end in `_at`. */
export type Moment = number;

/** Names an entry for ever. */
export type EntryId = number;

/** The waveform of a recording; it comes as bytes and not as JSON. */
export interface WaveformData {
  /** Loudness, {@link PEAKS_PER_SECOND} a second, 255 the loudest. */
  peaks: Uint8Array;
  /** Where somebody speaks, as pairs of start and end. */
  speech: [Ms, Ms][];
}

/** Peaks a second in {@link WaveformData}. */
export const PEAKS_PER_SECOND = 50;

/** What the page can ask for. */
export interface Backend {
  /** Begins: what there is now, and from now on every event, in order. */
  open(listen: (event: Event) => void): Promise<Opening>;

  /** Lets the person choose recordings and queues them; how many. */
  chooseFiles(): Promise<number | null>;
  /** The same for every recording in a folder, folders in it included. */
  chooseFolder(): Promise<number | null>;
  /** Queues the bundled sample. */
  transcribeSample(): Promise<EntryId>;
  /** Begins a recording; the one there is when there is one already. */
  record(): Promise<EntryId>;
  /** What can be recorded from; empty when the system's sound cannot be reached. */
  microphones(): Promise<Microphone[]>;
  /** Opens the window with captions, or closes it. */
  toggleCaptions(): Promise<void>;
  /** Opens the system's settings for what programs may use. */
  openPrivacy(page: Privacy): Promise<void>;
  /** Stops an entry that waits, runs, pauses or is recorded; what is finished is kept. What was
   * recorded is still recognised to its end, unless that is stopped, too. */
  cancel(id: EntryId): Promise<void>;
  /** Pauses an entry: a recording at once, another at the end of its chunk. */
  pause(id: EntryId): Promise<void>;
  /** Resumes one that is pausing, paused, cancelled, unfinished or failed. */
  resume(id: EntryId): Promise<void>;
  /** Forgets what is finished and begins anew, with the present settings. */
  startAgain(id: EntryId): Promise<void>;
  /** Moves a waiting entry in front of another, or to the end. */
  move(id: EntryId, before: EntryId | null): Promise<void>;
  /** Takes ended entries out of the queue; they stay in the history. */
  clearQueue(ids: EntryId[]): Promise<void>;

  /** Opens an entry to be read. */
  openEntry(id: EntryId): Promise<Opened>;
  /** What the recording looks like; it may have to be read to its end first. */
  waveform(id: EntryId): Promise<WaveformData>;
  /** Applies changes in order, all or none; the new revision. */
  save(id: EntryId, revision: number, splices: Splice[]): Promise<number>;
  /** Aligns or recognises a stretch again, before the queue; the segments to put there, none when
   * no speech was found. The stored transcript is not touched: the page saves what it takes
   * over. */
  retranscribe(id: EntryId, request: Retranscription): Promise<Segment[] | null>;
  /** Stops the running one, which resolves with `null`. */
  stopRetranscription(): Promise<void>;
  /** Names an entry; an empty title gives the file's name back. */
  rename(id: EntryId, title: string): Promise<void>;

  /** What an export would be; cues from number `from` on. */
  preview(id: EntryId, options: ExportOptions, from: number): Promise<Preview>;
  /** Writes files and remembers the options. */
  export(ids: EntryId[], options: ExportOptions, to: Destination): Promise<Exported | null>;
  /** Puts an export on the clipboard instead. */
  copy(id: EntryId, options: ExportOptions): Promise<void>;
  /** Shows what was exported last in the system's file window. */
  showExported(): Promise<void>;
  /** Shows a recording in the system's file window. */
  showRecording(id: EntryId): Promise<void>;

  /** A page of the history. */
  history(query: HistoryQuery): Promise<HistoryPage>;
  /** Stars entries, or takes their stars away. */
  star(ids: EntryId[], is_starred: boolean): Promise<void>;
  /** Puts entries among the deleted ones, where they stay 30 days. */
  delete(ids: EntryId[]): Promise<void>;
  /** Takes them back. */
  restore(ids: EntryId[]): Promise<void>;
  /** Removes deleted entries for good. */
  purge(ids: EntryId[]): Promise<void>;
  /** How much the history takes on the disk. */
  storage(): Promise<Storage>;
  /** Writes everything into one file the person chooses; its name. */
  backUp(): Promise<string | null>;
  /** Adds what a backup holds to the history; how many entries were new. Settings that were never
   * chosen here are taken over. */
  restoreBackup(): Promise<number | null>;

  /** Changes some settings; all of them as they are now. */
  changeSettings(change: Partial<Settings>): Promise<Settings>;
  /** Lets the person choose a folder with a model's files and uses it. */
  chooseModel(): Promise<Model | null>;
  /** What the screen of models shows. */
  installedModels(): Promise<InstalledModels>;
  /** Downloads a model, or continues its last download. */
  downloadModel(name: string): Promise<void>;
  /** Pauses a download, or resumes it. */
  pauseModel(name: string, is_paused: boolean): Promise<void>;
  /** Stops a download; what has arrived is kept. */
  stopModel(name: string): Promise<void>;
  /** Measures how fast a model is on this computer; resolves when that is known. */
  measureModel(name: string): Promise<void>;
  /** Lets the person choose a folder or an archive with a model in it, and imports it. */
  importModel(is_archive: boolean): Promise<boolean | null>;
  /** Removes a model from this computer. */
  removeModel(name: string): Promise<void>;
  /** Opens a folder in the system's file window. */
  openFolder(folder: Folder): Promise<void>;
  /** Where the folders are, to be read. */
  folders(): Promise<Folders>;
  /** The newest lines of the log, 500 at most, oldest first. */
  log(): Promise<LogLine[]>;
  /** Version, system, device, models, settings; no text and no file names. */
  diagnostics(): Promise<string>;
  /** Puts a text on the clipboard. */
  copyText(text: string): Promise<void>;
}
