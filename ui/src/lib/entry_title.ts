/** Titles of entries as they are shown. */

import type { Entry, EntryId } from "./backend/types";
import type { Messages } from "./i18n/en";

/** A title that the program made for a recording, in any language of the interface. */
const GENERATED = /^(?:(Recording|录音)|(?:Dictation|听写)) (\d{4}-\d\d-\d\d \d\d:\d\d)$/;
/** The file of such a recording. */
const GENERATED_FILE = /^\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\b/;

/** The title; one that the program made is in the language of the interface. */
export function entryTitle(
  { title, file }: Pick<Entry, "title" | "file">,
  { generatedTitles }: Pick<Messages, "generatedTitles">,
): string {
  if (title === "Sample" && file === "Sample.flac") return generatedTitles.sample;
  const [, recording, moment] = GENERATED.exec(title) ?? [];
  if (moment === undefined || !GENERATED_FILE.test(file)) return title;
  return recording === undefined
    ? generatedTitles.dictation(moment)
    : generatedTitles.recording(moment);
}

/** The titles of a list. Where two are the same, the names of their files tell them apart, and
 * where these are the same as well, their folders. */
export function distinctTitles(
  entries: readonly Entry[],
  messages: Messages,
): Map<EntryId, string> {
  const titles = entries.map((entry) => entryTitle(entry, messages));
  const isRepeated = repeated(titles);
  const names = entries.map((entry, at) => {
    const title = titles[at] ?? "";
    if (!isRepeated(title)) return title;
    return stem(entry.file) === title ? entry.file : messages.inParentheses(title, entry.file);
  });
  const isRepeatedName = repeated(names);
  return new Map(
    entries.map(({ id, folder }, at) => {
      const name = names[at] ?? "";
      const parent = folder.split(/[\\/]/).findLast((part) => part !== "");
      const isClear = !isRepeatedName(name) || parent === undefined;
      return [id, isClear ? name : messages.inParentheses(name, parent)];
    }),
  );
}

function repeated(texts: readonly string[]): (text: string) => boolean {
  const n = new Map<string, number>();
  for (const text of texts) n.set(text, (n.get(text) ?? 0) + 1);
  return (text) => (n.get(text) ?? 0) > 1;
}

function stem(file: string): string {
  return file.replace(/(?<=.)\.[^.]+$/, "");
}
