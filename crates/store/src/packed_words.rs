//! The words of a segment as one column.
//!
//! A transcript of 40,000 words would be 40,000 rows otherwise. The texts of the words are not
//! written again where they stand in the text of the segment.
//!
//! | bytes | meaning |
//! |---|---|
//! | `u8` | layout, 1 |
//! | varint | number of words; then, for each: |
//! | `u8` | bit 0: the text follows itself; bit 1: a quality follows |
//! | varint, varint | bytes skipped in the segment's text since the word before, and length; or, with bit 0, length and the text |
//! | zigzag varint | start minus the end of the word before (0 at first). Units: ms |
//! | zigzag varint | end minus start. Units: ms |
//! | `f32` little-endian | probability |
//! | `f32` little-endian | quality, with bit 1 |
//!
//! A format of serde such as postcard would save no code: this layout lies in every history, so its
//! reader would stay beside the new one.
//!
//! A varint has seven bits per byte, lowest first; the top bit says that more follow.

use earmark_transcript::{Ms, Word};

const LAYOUT: u8 = 1;
const HAS_TEXT: u8 = 1;
const HAS_QUALITY: u8 = 2;

/// Packs the words of a segment with this text.
pub(crate) fn pack(text: &str, words: &[Word]) -> Vec<u8> {
    let mut bytes = vec![LAYOUT];
    push(&mut bytes, words.len() as u64);
    let (mut at, mut before) = (0, 0);
    for word in words {
        let found = text[at..].find(&word.text);
        let quality = word.quality.map_or(0, |_| HAS_QUALITY);
        bytes.push(quality | found.map_or(HAS_TEXT, |_| 0));
        if let Some(skipped) = found {
            push(&mut bytes, skipped as u64);
            at += skipped + word.text.len();
        }
        push(&mut bytes, word.text.len() as u64);
        if found.is_none() {
            bytes.extend(word.text.as_bytes());
        }
        let (start, end) = (i64::from(word.start.0), i64::from(word.end.0));
        push(&mut bytes, zigzag(start - before));
        push(&mut bytes, zigzag(end - start));
        before = end;
        bytes.extend(word.probability.to_le_bytes());
        bytes.extend(
            word.quality
                .iter()
                .flat_map(|quality| quality.to_le_bytes()),
        );
    }
    bytes
}

/// How many words were packed; `None` when the column is damaged.
pub(crate) fn count(bytes: &[u8]) -> Option<u64> {
    let mut rest = bytes;
    if byte(&mut rest)? != LAYOUT {
        return None;
    }
    // A damaged count must not stand for more words than the bytes can hold.
    Some(pull(&mut rest)?.min(rest.len() as u64))
}

/// The words that were packed with this text; `None` when the column is damaged.
pub(crate) fn unpack(text: &str, bytes: &[u8]) -> Option<Vec<Word>> {
    let mut rest = bytes;
    if byte(&mut rest)? != LAYOUT {
        return None;
    }
    let n_words = usize::try_from(pull(&mut rest)?).ok()?;
    // A damaged count must not ask for more memory than the bytes can stand for.
    let mut words = Vec::with_capacity(n_words.min(rest.len()));
    let (mut at, mut before) = (0_usize, 0_i64);
    for _ in 0..n_words {
        let flags = byte(&mut rest)?;
        let word = if flags & HAS_TEXT == 0 {
            let start = at.checked_add(usize::try_from(pull(&mut rest)?).ok()?)?;
            at = start.checked_add(usize::try_from(pull(&mut rest)?).ok()?)?;
            text.get(start..at)?
        } else {
            let length = usize::try_from(pull(&mut rest)?).ok()?;
            std::str::from_utf8(take(&mut rest, length)?).ok()?
        };
        let start = before.checked_add(unzigzag(pull(&mut rest)?))?;
        let end = start.checked_add(unzigzag(pull(&mut rest)?))?;
        before = end;
        words.push(Word {
            text: word.to_owned(),
            start: Ms(u32::try_from(start).ok()?),
            end: Ms(u32::try_from(end).ok()?),
            probability: float(&mut rest)?,
            quality: match flags & HAS_QUALITY {
                0 => None,
                _ => Some(float(&mut rest)?),
            },
        });
    }
    rest.is_empty().then_some(words)
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn pull(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = byte(rest)?;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    rest.split_off_first().copied()
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    rest.split_off(..length)
}

fn float(rest: &mut &[u8]) -> Option<f32> {
    Some(f32::from_le_bytes(take(rest, 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use earmark_transcript::{Ms, Word};
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::{pack, unpack};

    fn any_word() -> impl Strategy<Value = Word> {
        let times = (any::<u32>(), any::<u32>());
        let marks = (0.0_f32..=1.0, option::of(0.0_f32..=1.0));
        ("\\PC{0,6}", times, marks).prop_map(|(text, (start, end), (probability, quality))| Word {
            text,
            start: Ms(start),
            end: Ms(end),
            probability,
            quality,
        })
    }

    proptest! {
        #[test]
        fn words_come_back(text in "\\PC{0,40}", words in vec(any_word(), 0..9)) {
            prop_assert_eq!(unpack(&text, &pack(&text, &words)), Some(words));
        }

        #[test]
        fn damage_is_seen_or_harmless(text in "[你a]{0,9}", bytes in vec(any::<u8>(), 0..99)) {
            let mut column = vec![1];
            column.extend(bytes);
            let _ = unpack(&text, &column);
        }
    }

    #[test]
    fn a_word_costs_little() {
        let texts = ["Hello,", "world!", "你", "好。"];
        let words: Vec<Word> = (0..)
            .zip(texts)
            .map(|(nth, text)| Word {
                text: text.into(),
                start: Ms(3_600_000 + nth * 300),
                end: Ms(3_600_200 + nth * 300),
                probability: 0.9,
                quality: Some(0.5),
            })
            .collect();
        let packed = pack("Hello, world! 你好。", &words);
        // Layout, count, a long first start, and 15 bytes a word.
        assert_eq!(packed.len(), 2 + 2 + 15 * words.len());
        for end in 0..packed.len() {
            assert_eq!(unpack("Hello, world! 你好。", &packed[..end]), None);
        }
    }
}
