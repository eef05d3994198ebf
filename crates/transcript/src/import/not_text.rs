//! Files that are no plain text, although somebody took them for it.

use earmark_files::kind::{self, Group};

use super::{Format, decode};

/// Why the content of a file is no plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// It is of another kind, which is named.
    #[error("it is {0}, not plain text; save its text as a plain text file (.txt)")]
    Kind(&'static str),
    /// It holds subtitles of a kind that cannot be read, which is named.
    #[error("it holds {0}, which cannot be read; convert them to SRT, WebVTT or ASS")]
    Subtitles(&'static str),
    /// It is of a kind that is not known.
    #[error("it is not plain text: there are too many characters in it that no text has")]
    Unknown,
}

/// The plain text in a file, whatever its encoding.
///
/// Errors: the content is certainly something else.
pub fn plain_text(bytes: &[u8]) -> Result<String, NotText> {
    match kind(bytes) {
        Some(kind) => Err(NotText::Kind(kind)),
        None => plain(&decode::decode(bytes).text),
    }
}

/// A text without the characters that no text has.
///
/// Errors: these are too many.
fn plain(text: &str) -> Result<String, NotText> {
    let is_odd = |c: &char| {
        let is_usual = matches!(
            c,
            '\t' | '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{1A}' | '\u{1B}'
        );
        (c.is_control() && !is_usual) || *c == '\u{FFFD}'
    };
    // In bytes that are no text, every tenth is a control character.
    let (n_odd, n_all) = (text.chars().filter(is_odd).count(), text.chars().count());
    if n_odd > 1 + n_all / 20 {
        return Err(NotText::Unknown);
    }
    Ok(text.replace(['\0', '\u{1A}'], ""))
}

/// What content is by its first bytes, as it is called in a sentence.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let kind = kind::kind(bytes)?;
    Some(match kind.group {
        // Whatever begins like a frame of sound may be text in an old encoding.
        Group::Recording(_) if kind::text(bytes).is_some() => return None,
        Group::Recording(_) => "a recording",
        _ => kind.name,
    })
}

/// Subtitles of a kind that cannot be read, by their first characters, as they are called in a
/// sentence.
fn other_subtitles(text: &str) -> Option<&'static str> {
    let start: String = text.trim_start().chars().take(400).collect();
    let start = start.to_ascii_lowercase();
    let is_xml = start.starts_with("<?xml") || start.starts_with("<tt");
    if is_xml && (start.contains("<tt ") || start.contains("<tt:tt") || start.contains("/ttml")) {
        return Some("TTML subtitles");
    }
    if start.starts_with("<sami") {
        return Some("SAMI subtitles");
    }
    let first = start.lines().next().unwrap_or_default();
    let braced = |text: &str| {
        let (number, rest) = text.strip_prefix('{')?.split_once('}')?;
        let digits = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
        digits.then(|| rest.to_owned())
    };
    if braced(first).is_some_and(|rest| braced(&rest).is_some()) {
        return Some("MicroDVD subtitles");
    }
    let is_sbv = |(start, end): (&str, &str)| {
        let is_time = |text| super::clock::time(text).is_some();
        start.contains('.') && is_time(start) && is_time(end)
    };
    first
        .split_once(',')
        .is_some_and(is_sbv)
        .then_some("SBV subtitles")
}

/// A text to align, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Subtitles or a transcript in this format.
    Timed(Format),
    /// Plain text.
    Plain(String),
}

/// What a file holds: by its content, then by the ending of its name.
///
/// Errors: it is neither text nor subtitles that can be read.
pub fn content(bytes: &[u8], ending: &str) -> Result<Content, NotText> {
    if let Some(kind) = kind(bytes) {
        return Err(NotText::Kind(kind));
    }
    let text = decode::decode(bytes).text;
    if let Some(format) = Format::detect(&text) {
        return Ok(Content::Timed(format));
    }
    if let Some(kind) = other_subtitles(&text) {
        return Err(NotText::Subtitles(kind));
    }
    let text = plain(&text)?;
    Ok(match Format::find(ending) {
        Some(format) => Content::Timed(format),
        None => Content::Plain(text),
    })
}

#[cfg(test)]
mod tests {
    use super::{Content, NotText, content, plain_text};
    use crate::import::Format;

    const SRT: &str = "1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n";

    #[track_caller]
    fn check(bytes: impl AsRef<[u8]>, ending: &str, expected: Option<Format>) {
        let found = content(bytes.as_ref(), ending).unwrap();
        match (found, expected) {
            (Content::Timed(format), Some(expected)) => assert_eq!(format, expected),
            (Content::Plain(_), None) => {}
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn content_decides_before_the_name() {
        check(SRT, "txt", Some(Format::Srt));
        check(SRT, "", Some(Format::Srt));
        check("\n\n00:01.000 --> 00:02.000\nHi", "txt", Some(Format::Srt));
        check(
            "WEBVTT\n\n00:01.000 --> 00:02.000\nHi",
            "srt",
            Some(Format::Vtt),
        );
        check("[Script Info]\n[Events]\n", "txt", Some(Format::Ass));
        check(
            "\u{FEFF}[ti:Song]\n[00:12.00]Hello\n",
            "txt",
            Some(Format::Lrc),
        );
        check("[00:12.00]Hello\n[00:14.00]you\n", "lrc", Some(Format::Lrc));
        check("Hello\n", "srt", Some(Format::Srt));
        check("Hello, Anna.\n[laughs] Hi!\n", "txt", None);
        check("Then --> he went.\n", "md", None);
        check("", "txt", None);
        // Damage costs no more than the cues it is in.
        check(
            format!("{SRT}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}"),
            "srt",
            Some(Format::Srt),
        );
        let wide: Vec<u8> = SRT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(wide, "txt", Some(Format::Srt));
    }

    #[test]
    fn what_is_no_plain_text_is_named() {
        let check = |bytes: &[u8], ending: &str, expected: &str| {
            let error = content(bytes, ending).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        };
        let transcript = crate::export::fixture::transcript();
        let options = crate::export::Options::default();
        let docx = crate::export::render(crate::export::Format::Docx, &transcript, "", &options);
        check(&docx, "docx", "Office document");
        check(&docx, "txt", "Office document");
        check(b"%PDF-1.7\n%\xe2\xe3", "txt", "a PDF document");
        check(b"{\\rtf1\\ansi Hello}", "txt", "RTF");
        check(b"\x1a\x45\xdf\xa3\x01\0\0\0", "txt", "a recording");
        check(b"{0}{25}Hello\n{26}{50}you", "sub", "MicroDVD");
        check(
            b"<?xml version=\"1.0\"?><tt xmlns=\"http://www.w3.org/ns/ttml\">",
            "txt",
            "TTML",
        );
        check(b"0:00:01.000,0:00:02.000\nHello\n", "sbv", "SBV");
        let noise: Vec<u8> = (0..2000_u32).map(|n| (n * n / 7 % 251) as u8).collect();
        assert_eq!(content(&noise, "txt"), Err(NotText::Unknown));
    }

    #[test]
    fn a_stray_nul_is_no_character_of_the_text() {
        let text = plain_text(b"Good evening, Kate.\nIt costs\0 50%.\n").unwrap();
        assert_eq!(text, "Good evening, Kate.\nIt costs 50%.\n");
        assert_eq!(
            plain_text(b"end of an old file\x1a").unwrap(),
            "end of an old file"
        );
        let chinese = [
            &encoding_rs::GB18030.encode("我们今天在这里开会。").0[..],
            b"\0",
        ]
        .concat();
        assert_eq!(plain_text(&chinese).unwrap(), "我们今天在这里开会。");
    }

    #[test]
    fn plain_text_is_read_in_every_encoding() {
        let text = "Kubernetes, 通义千问\r\nSvelte 会议记录，下一个季度的计划\r\n";
        let units = |mark: bool| {
            let mark = mark.then_some(0xFEFF);
            mark.into_iter()
                .chain(text.encode_utf16())
                .collect::<Vec<u16>>()
        };
        let little = |mark| units(mark).into_iter().flat_map(u16::to_le_bytes).collect();
        let big = |mark| units(mark).into_iter().flat_map(u16::to_be_bytes).collect();
        let all: [Vec<u8>; 7] = [
            text.into(),
            format!("\u{FEFF}{text}").into(),
            little(true),
            little(false),
            big(true),
            big(false),
            encoding_rs::GBK.encode(text).0.into_owned(),
        ];
        for bytes in all {
            assert_eq!(plain_text(&bytes).unwrap(), text);
        }
    }
}
