/** A displayed word is what a person would click on: letters with the punctuation that clings to
 * them. The rules are those of `crates/transcript/src/words.rs`. */

import { isCjk, isCjkPunctuation, isOpening } from "./writing_system";

/** A stretch of a text, in UTF-16 units. */
export interface Range {
  from: number;
  to: number;
}

type Unit = "cjk" | "letter";

/**
 * The words of a text, in order. White space ends a word. Each Chinese or Japanese character is a
 * word of its own. Punctuation clings to the word before it, opening brackets to the word after.
 * Punctuation alone between spaces joins the word before it, or the first when none is before.
 */
export function split(text: string): Range[] {
  const words: Range[] = [];
  let open: Range | null = null;
  let last: Unit | null = null;

  const close = () => {
    if (!open) return;
    const before = words.at(-1);
    if (last !== null) words.push(open);
    else if (before) before.to = open.to;
    else return; // Punctuation with nothing before it begins the first word.
    open = null;
    last = null;
  };

  let from = 0;
  for (const c of text) {
    const to = from + c.length;
    if (/\p{White_Space}/u.test(c)) {
      close();
    } else {
      const unit = unitOf(c);
      const begins =
        unit === "cjk"
          ? last !== null
          : unit === "letter"
            ? last === "cjk"
            : last !== null && isOpening(c) && (last === "cjk" || isCjkPunctuation(c));
      if (begins) close();
      open = { from: (open as Range | null)?.from ?? from, to };
      last = unit ?? last;
    }
    from = to;
  }
  close();
  if (open) words.push(open);
  return words;
}

function unitOf(c: string): Unit | null {
  if (isCjk(c)) return "cjk";
  return /[\p{Alphabetic}\p{N}]/u.test(c) ? "letter" : null;
}
