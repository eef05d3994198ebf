/** The writing system of a character decides where words end and whether a space stands between two. */

/**
 * Whether one character is one unit of speech and no spaces stand between words: Han, Hiragana,
 * Katakana. Hangul is not among them, because Korean puts spaces between words.
 */
export function isCjk(c: string): boolean {
  return /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\u30FC]$/u.test(
    c,
  );
}

/** Whether a character is punctuation of Chinese or Japanese text; no space belongs beside it. */
export function isCjkPunctuation(c: string): boolean {
  return /^[\u3001-\u3004\u3008-\u3020\u3030\u303D\u30FB\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65]$/u.test(
    c,
  );
}

/** Whether a character opens what follows it, so that it belongs to the word after it. */
export function isOpening(c: string): boolean {
  return "([{<$#@¿¡«‹“‘„‚£¥€￥〈《「『【〔〖〘〚（［｛｢".includes(c);
}

/** Columns a text takes: full-width characters take two. */
export function columns(text: string): number {
  let n = 0;
  for (const c of text)
    n +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]/u.test(
        c,
      )
        ? 2
        : 1;
  return n;
}

/** What belongs between two stretches of text that follow each other: a space or nothing. */
export function between(before: string, after: string): "" | " " {
  const last = [...before.slice(-2)].at(-1);
  const first = [...after.slice(0, 2)][0];
  if (last === undefined || first === undefined) return "";
  const tight = (c: string) => isCjk(c) || isCjkPunctuation(c);
  return tight(last) || tight(first) ? "" : " ";
}
