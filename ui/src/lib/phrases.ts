/**
 * Phrases are the parts of a text between which a line may end. Chinese and Japanese write no
 * spaces, and a browser ends a line within a word of theirs.
 */

const HAN = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff00-\uffef]/u;
const OPENING = /[\p{Ps}\p{Pi}]/u;
const CLOSING = /[\p{Pe}\p{Pf}]/u;
/** What may begin a line: a letter, a digit, or what opens a quotation or a bracket. */
const BEGINNING = /[\p{L}\p{N}\p{Ps}\p{Pi}]/u;

const segmenters = new Map<string, Intl.Segmenter>();

/** The phrases of a text; joined, they are the text. A text without Chinese is one phrase. */
export function phrases(text: string, locale: string): string[] {
  if (!HAN.test(text)) return [text];
  const found: string[] = [];
  let before = "";
  for (const { segment } of segmenter(locale).segment(text)) {
    const last = before.at(-1) ?? "";
    const first = segment.charAt(0);
    const isChinese = HAN.test(last) || HAN.test(first);
    const isQuoted = CLOSING.test(last) && OPENING.test(first);
    const isApart =
      (isChinese || isQuoted) && BEGINNING.test(first) && !/\s/u.test(last) && !OPENING.test(last);
    if (found.length === 0 || isApart) found.push(segment);
    else found.push((found.pop() ?? "") + segment);
    before = segment;
  }
  return found;
}

function segmenter(locale: string): Intl.Segmenter {
  const known = segmenters.get(locale);
  if (known) return known;
  const made = new Intl.Segmenter(locale, { granularity: "word" });
  segmenters.set(locale, made);
  return made;
}
