/** What a person chose once. */

import type { Destination, ExportOptions } from "./export";

export interface Settings {
  interface_language: "system" | "en" | "zh-CN";
  theme: "system" | "light" | "dark";
  /** Size of the transcript's text in CSS pixels. */
  text_px: number;
  /** Size of captions in CSS pixels. */
  caption_px: number;
  show_times: boolean;
  show_speakers: boolean;
  show_waveform: boolean;
  /** {@link Model.name} of the model for new jobs. */
  model: string;
  /** English name of the language to assume, or `null` to let the model tell. */
  language: string | null;
  /** Names and words that bias the recogniser, where no profile is chosen. */
  context: string;
  /** The same for one kind of recording each; names are not repeated. */
  profiles: Profile[];
  /** {@link Profile.name} of the chosen one. */
  profile: string | null;
  device: string;
  /** {@link Microphone.id} of what is recorded, `system` for what the computer plays; `null`
   * follows the system's choice. */
  microphone: string | null;
  /** A recording has what the computer plays on a second channel, and tells who speaks. */
  record_system: boolean;
  /** What an export was last made with. */
  export: ExportOptions;
  export_to: Destination;
  /** Entries older than this go to the deleted ones; starred ones stay; `null` keeps all. */
  keep_days: number | null;
  notify_when_done: boolean;
  /** No connection is opened, not even when asked for. */
  network_off: boolean;
  /** Address of the proxy for downloads, `none` for a straight connection, `null` for the
   * system's. */
  proxy: string | null;
  /** {@link Mirror.name} of the mirror that downloads try first, or the address of one; `null` for
   * the usual ones. */
  mirror: string | null;
  /** After so long without work the model gives its memory back; `null` keeps it. */
  unload_after_min: number | null;
  /** The keys that dictate, from any program, such as `Ctrl+Alt+Space`; `null` for none. */
  dictation_shortcut: string | null;
  dictation_insertion: Insertion;
  /** Spoken marks and line breaks become such. */
  dictation_marks: boolean;
}

/** How dictated words come to where somebody writes; the clipboard is as before after a paste. */
export type Insertion = "paste" | "type" | "copy";

/** A named context. */
export interface Profile {
  name: string;
  context: string;
}
