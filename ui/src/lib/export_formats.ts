/** The export formats, and which options apply to each. */

import type { Format } from "./backend/types";

/** The formats, by what they are for. */
export const formats = {
  text: ["txt", "md", "docx"],
  subtitles: ["srt", "vtt", "ass", "lrc"],
  data: ["json", "csv", "tsv"],
} as const satisfies Record<string, readonly Format[]>;

/** What the formats are called in every language; plain text has a name in each. */
export const formatNames: Record<Exclude<Format, "txt">, string> = {
  md: "Markdown",
  docx: "Word",
  srt: "SRT",
  vtt: "WebVTT",
  ass: "ASS",
  lrc: "LRC",
  json: "JSON",
  csv: "CSV",
  tsv: "TSV",
};

const among = (list: readonly Format[]) => (format: Format) => list.includes(format);

export const hasCues = among(formats.subtitles);
export const hasParagraphs = among(formats.text);
export const hasWordTimes = among(["vtt", "ass", "lrc"]);
/** The others are exact, or no plain text. */
export const hasPunctuation = (format: Format) => format !== "json";
export const hasLines = (format: Format) => format !== "docx";
export const hasMark = (format: Format) => format !== "docx" && format !== "json";
