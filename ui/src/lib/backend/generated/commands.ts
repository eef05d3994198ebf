/** The commands of the shell. Written by `cargo xtask types` from `src-tauri/src/commands`; changes belong there. */

import type { Channel } from "@tauri-apps/api/core";

import type {
  Destination,
  Event,
  ExportOptions,
  Exported,
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
} from "./api";

/** What the main page can ask for. */
export interface PageCommands {
  open_page: { takes: { events: Channel<Event> }; gives: Opening };
  change_settings: { takes: { change: Record<string, unknown> }; gives: Settings };
  choose_model: { takes: null; gives: Model | null };
  folders: { takes: null; gives: Folders };
  open_folder: { takes: { folder: Folder }; gives: void };
  read_log: { takes: null; gives: Array<LogLine> };
  diagnostics: { takes: null; gives: string };
  copy_text: { takes: { text: string }; gives: void };
  installed_models: { takes: null; gives: InstalledModels };
  download_model: { takes: { name: string }; gives: void };
  pause_model: { takes: { name: string; isPaused: boolean }; gives: void };
  stop_model: { takes: { name: string }; gives: void };
  measure_model: { takes: { name: string }; gives: void };
  import_model: { takes: { isArchive: boolean }; gives: boolean | null };
  remove_model: { takes: { name: string }; gives: void };
  choose_files: { takes: null; gives: number | null };
  choose_folder: { takes: null; gives: number | null };
  transcribe_sample: { takes: null; gives: number };
  record: { takes: null; gives: number };
  list_microphones: { takes: null; gives: Array<Microphone> };
  toggle_captions: { takes: null; gives: void };
  open_privacy: { takes: { page: Privacy }; gives: void };
  cancel: { takes: { id: number }; gives: void };
  pause: { takes: { id: number }; gives: void };
  resume: { takes: { id: number }; gives: void };
  start_again: { takes: { id: number }; gives: void };
  move_entry: { takes: { id: number; before: number | null }; gives: void };
  clear_queue: { takes: { ids: Array<number> }; gives: void };
  open_entry: { takes: { id: number }; gives: Opened };
  waveform: { takes: { id: number }; gives: ArrayBuffer };
  save: { takes: { id: number; revision: number; splices: Array<Splice> }; gives: number };
  retranscribe_span: { takes: { id: number; request: Retranscription }; gives: Array<Segment> | null };
  stop_retranscription: { takes: null; gives: void };
  rename_entry: { takes: { id: number; title: string }; gives: void };
  show_recording: { takes: { id: number }; gives: void };
  preview_export: { takes: { id: number; options: ExportOptions; from: number }; gives: Preview };
  export_entries: { takes: { ids: Array<number>; options: ExportOptions; to: Destination }; gives: Exported | null };
  copy_entry: { takes: { id: number; options: ExportOptions }; gives: void };
  show_exported: { takes: null; gives: void };
  list_history: { takes: { query: HistoryQuery }; gives: HistoryPage };
  star_entries: { takes: { ids: Array<number>; isStarred: boolean }; gives: void };
  delete_entries: { takes: { ids: Array<number> }; gives: void };
  restore_entries: { takes: { ids: Array<number> }; gives: void };
  purge_entries: { takes: { ids: Array<number> }; gives: void };
  storage: { takes: null; gives: Storage };
  back_up: { takes: null; gives: string | null };
  restore_backup: { takes: null; gives: number | null };
}

/** What the page of an overlay can ask for. */
export interface OverlayCommands {
  open_overlay: { takes: { events: Channel<Event> }; gives: Settings };
  close_overlay: { takes: null; gives: void };
  drag_overlay: { takes: null; gives: void };
  nudge_overlay: { takes: { x: number; y: number; width: number; height: number }; gives: void };
  caption_size: { takes: { px: number }; gives: void };
}
