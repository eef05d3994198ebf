//! Text in files comes in many encodings.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Text, and how its bytes are to be read.
#[derive(Clone, Debug)]
pub(super) struct Decoded {
    /// The text; a lone carriage return is a line feed.
    pub(super) text: String,
    /// The encoding of the bytes.
    pub(super) encoding: &'static Encoding,
    /// Length of the byte order mark.
    pub(super) n_mark: usize,
}

/// Bytes as text: by their byte order mark; as UTF-8 when they are; as UTF-16 when they have its
/// zeros; else as the older encoding that a detector guesses. What cannot be decoded becomes
/// U+FFFD. Old line ends (a lone carriage return) become new ones, and NUL characters vanish.
pub fn text(bytes: &[u8]) -> String {
    let text = decode(bytes).text;
    if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    }
}

/// The same with the encoding, NUL characters included.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let (encoding, n_mark) = Encoding::for_bom(bytes).unwrap_or_else(|| (guess(bytes), 0));
    let text = encoding.decode_without_bom_handling(&bytes[n_mark..]).0;
    let text = if text.contains('\r') && !text.contains('\n') {
        text.replace('\r', "\n")
    } else {
        text.into_owned()
    };
    Decoded {
        text,
        encoding,
        n_mark,
    }
}

/// The encoding of bytes without a byte order mark.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let is_utf_8 = std::str::from_utf8(bytes).is_ok();
    if let Some(wide) = guess_wide(bytes, is_utf_8) {
        return wide;
    }
    if is_utf_8 {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 in the byte order that the zeros show; `None` when the bytes are no UTF-16.
///
/// Digits, spaces and line ends have a zero byte in UTF-16, always on the same side. A single one
/// in another encoding is a stray NUL: bytes that are UTF-8 need many zeros, others must decode to
/// characters that texts have.
fn guess_wide(bytes: &[u8], is_utf_8: bool) -> Option<&'static Encoding> {
    let zeros = |parity: usize| {
        let side = bytes.iter().skip(parity).step_by(2);
        side.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let (most, least, encoding) = if even > odd {
        (even, odd, UTF_16BE)
    } else {
        (odd, even, UTF_16LE)
    };
    let enough = if is_utf_8 { bytes.len() / 8 } else { 0 };
    if most == 0 || most <= enough || least * 8 > most {
        return None;
    }
    let whole = &bytes[..bytes.len() / 2 * 2];
    let text = encoding.decode_without_bom_handling_and_without_replacement(whole)?;
    // Two bytes of Chinese in an older encoding look like Korean, which has a space after a few.
    let may_be_korean = most > 1 && most * 16 > bytes.len();
    let is_usual = |c: char| match c {
        '\0' | '\u{E000}'..='\u{F8FF}' => false,
        '\u{AC00}'..='\u{D7A3}' => may_be_korean,
        _ => true,
    };
    text.chars().all(is_usual).then_some(encoding)
}
