/** The backend of the desktop shell, over Tauri's commands. */

import { Channel } from "@tauri-apps/api/core";

import { askFromPage as ask } from "./invoke";
import type { Backend, Event, WaveformData } from "./types";

/** How many stretches somebody speaks in, their starts and ends, then the peaks. */
function waveform(bytes: ArrayBuffer): WaveformData {
  const numbers = new DataView(bytes);
  const n = numbers.getUint32(0, true);
  const at = (i: number) => numbers.getUint32(4 + 4 * i, true);
  return {
    speech: Array.from({ length: n }, (_, i) => [at(2 * i), at(2 * i + 1)]),
    peaks: new Uint8Array(bytes, 4 + 8 * n),
  };
}

export const tauri: Backend = {
  open: (listen) => {
    const events = new Channel<Event>();
    events.onmessage = listen;
    return ask("open_page", { events });
  },

  chooseFiles: () => ask("choose_files"),
  chooseFolder: () => ask("choose_folder"),
  transcribeSample: () => ask("transcribe_sample"),
  record: () => ask("record"),
  microphones: () => ask("list_microphones"),
  toggleCaptions: () => ask("toggle_captions"),
  openPrivacy: (page) => ask("open_privacy", { page }),
  cancel: (id) => ask("cancel", { id }),
  pause: (id) => ask("pause", { id }),
  resume: (id) => ask("resume", { id }),
  startAgain: (id) => ask("start_again", { id }),
  move: (id, before) => ask("move_entry", { id, before }),
  clearQueue: (ids) => ask("clear_queue", { ids }),

  openEntry: (id) => ask("open_entry", { id }),
  waveform: async (id) => waveform(await ask("waveform", { id })),
  save: (id, revision, splices) => ask("save", { id, revision, splices }),
  retranscribe: (id, request) => ask("retranscribe_span", { id, request }),
  stopRetranscription: () => ask("stop_retranscription"),
  rename: (id, title) => ask("rename_entry", { id, title }),

  preview: (id, options, from) => ask("preview_export", { id, options, from }),
  export: (ids, options, to) => ask("export_entries", { ids, options, to }),
  copy: (id, options) => ask("copy_entry", { id, options }),
  showExported: () => ask("show_exported"),
  showRecording: (id) => ask("show_recording", { id }),

  history: (query) => ask("list_history", { query }),
  star: (ids, is_starred) => ask("star_entries", { ids, isStarred: is_starred }),
  delete: (ids) => ask("delete_entries", { ids }),
  restore: (ids) => ask("restore_entries", { ids }),
  purge: (ids) => ask("purge_entries", { ids }),
  storage: () => ask("storage"),
  backUp: () => ask("back_up"),
  restoreBackup: () => ask("restore_backup"),

  changeSettings: (change) => ask("change_settings", { change }),
  chooseModel: () => ask("choose_model"),
  installedModels: () => ask("installed_models"),
  downloadModel: (name) => ask("download_model", { name }),
  pauseModel: (name, is_paused) => ask("pause_model", { name, isPaused: is_paused }),
  stopModel: (name) => ask("stop_model", { name }),
  measureModel: (name) => ask("measure_model", { name }),
  importModel: (is_archive) => ask("import_model", { isArchive: is_archive }),
  removeModel: (name) => ask("remove_model", { name }),
  openFolder: (folder) => ask("open_folder", { folder }),
  folders: () => ask("folders"),
  log: () => ask("read_log"),
  diagnostics: () => ask("diagnostics"),
  copyText: (text) => ask("copy_text", { text }),
};
