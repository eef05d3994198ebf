/** The writing system of a character decides where words end and whether a space stands between two. */

const SYLLABIC = ["Han", "Hiragana", "Katakana", "Bopomofo"];
const anyOf = (property: "sc" | "scx") =>
  SYLLABIC.map((name) => `\\p{${property}=${name}}`).join("");

/** Characters of these scripts, and the letters that they share, such as the length mark “ー”.
 * Accents that Bopomofo shares with Latin, and the half-width voicing marks, are none. */
const CJK = RegExp(
  `^(?:[${anyOf("sc")}]|(?=[${anyOf("scx")}])(?!\\p{scx=Latin}|\\p{Grapheme_Extend})[\\p{L}\\p{Nl}])$`,
  "u",
);

/**
 * Whether one character is one unit of speech and no spaces stand between words: Han, Hiragana,
 * Katakana, Bopomofo. Hangul is not among them, because Korean puts spaces between words.
 */
export function isCjk(c: string): boolean {
  return CJK.test(c);
}

/** Whether a character is punctuation of Chinese or Japanese text, or a full-width form of other
 * punctuation; no space belongs beside it. */
export function isCjkPunctuation(c: string): boolean {
  return /^[\u3001-\u3004\u3008-\u3020\u3030\u303D\u30FB\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65]$/u.test(
    c,
  );
}

/** Whether a character opens what follows it, so that it belongs to the word after it. */
export function isOpening(c: string): boolean {
  return "([{<$#@¿¡«‹“‘„‚£¥€￥〈《「『【〔〖〘〚（［｛｢".includes(c);
}

/** What stands between two texts that follow each other: a space or nothing. */
export function between(before: string, after: string): "" | " " {
  const last = [...before.slice(-2)].at(-1);
  const first = [...after.slice(0, 2)][0];
  if (last === undefined || first === undefined) return "";
  const tight = (c: string) => isCjk(c) || isCjkPunctuation(c);
  return tight(last) || tight(first) ? "" : " ";
}
