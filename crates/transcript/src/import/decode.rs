//! Text in files comes in many encodings.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// Bytes as text: by their byte order mark; as UTF-8 when they are; as UTF-16 when they hold
/// zeros; else as the older encoding that a detector guesses. What cannot be decoded becomes
/// U+FFFD. Old line ends (a lone carriage return) become new ones.
pub fn text(bytes: &[u8]) -> String {
    let encoding = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let text = match (encoding, std::str::from_utf8(bytes)) {
        (None, Ok(text)) if !text.contains('\0') => text.to_owned(),
        (encoding, _) => {
            let encoding = encoding.unwrap_or_else(|| guess(bytes));
            encoding.decode(bytes).0.into_owned()
        }
    };
    if text.contains('\r') && !text.contains('\n') {
        text.replace('\r', "\n")
    } else {
        text
    }
}

/// The encoding of bytes that are not UTF-8 text.
fn guess(bytes: &[u8]) -> &'static Encoding {
    // The digits and line ends of every subtitle file have a zero byte in UTF-16.
    let zeros = |parity: usize| {
        bytes
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    match (zeros(0), zeros(1)) {
        (0, 0) => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            detector.guess(None, Utf8Detection::Deny)
        }
        (even, odd) if even > odd => UTF_16BE,
        _ => UTF_16LE,
    }
}
