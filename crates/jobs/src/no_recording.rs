//! Files that are certainly no recordings, told by what is in them: a name alone may be wrong.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::inputs::{ending, has_media_ending};

/// As much of a file is looked at. Units: bytes.
const N_READ: u64 = 4096;

/// Endings of the names of subtitle files.
const SUBTITLES: [&str; 12] = [
    "ass", "dfxp", "itt", "lrc", "sbv", "smi", "srt", "ssa", "sub", "ttml", "usf", "vtt",
];

/// What a file is that is no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRecording {
    /// It holds nothing.
    Empty,
    /// It holds the text of subtitles or lyrics.
    Subtitles,
    /// It holds a picture.
    Picture,
    /// It holds something else without sound: a text, a document, an archive.
    Other,
}

/// What a file is, when it is certainly no recording. Of what cannot be read or is unknown, the
/// decoders have to say what it is.
pub fn no_recording(path: &Path) -> Option<NoRecording> {
    // What is no file, such as a pipe, may have nothing to be read yet.
    let n_bytes = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let head = head(path).ok()?;
    of_content(&head, n_bytes.len(), path)
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(N_READ).read_to_end(&mut head)?;
    Ok(head)
}

fn of_content(head: &[u8], n_bytes: u64, path: &Path) -> Option<NoRecording> {
    if n_bytes == 0 {
        return Some(NoRecording::Empty);
    }
    if is_picture(head, n_bytes) {
        return Some(NoRecording::Picture);
    }
    if is_document(head) {
        return Some(NoRecording::Other);
    }
    let text = text(head)?;
    let ending = ending(path).unwrap_or_default();
    if are_subtitles(&text) || SUBTITLES.contains(&ending.as_str()) {
        return Some(NoRecording::Subtitles);
    }
    if ending == "svg" {
        return Some(NoRecording::Picture);
    }
    // A recording that is damaged has a failure of its own.
    (!has_media_ending(path)).then_some(NoRecording::Other)
}

fn is_picture(head: &[u8], n_bytes: u64) -> bool {
    let starts = |with: &[&[u8]]| with.iter().any(|it| head.starts_with(it));
    let at = |from: usize, what: &[u8]| head.get(from..from + what.len()) == Some(what);
    let brands: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif"];
    starts(&[b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"])
        || starts(&[b"II*\0", b"MM\0*", b"8BPS\0\x01"])
        || at(0, b"RIFF") && at(8, b"WEBP")
        || at(4, b"ftyp") && brands.iter().any(|brand| at(8, brand))
        || at(0, b"BM") && at(2, &(n_bytes as u32).to_le_bytes()) && at(6, &[0; 4])
}

/// Whether it is one of the documents and archives that are met most often.
fn is_document(head: &[u8]) -> bool {
    let heads: [&[u8]; 6] = [
        b"%PDF-",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"\x1f\x8b\x08",
    ];
    heads.iter().any(|it| head.starts_with(it))
}

/// The text in a file, in whatever encoding, as far as its ASCII characters tell; sound always has
/// bytes that no text has.
fn text(head: &[u8]) -> Option<String> {
    let wide = match head {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    let text = match wide {
        Some((rest, unit)) => {
            let units = rest.as_chunks().0.iter().copied().map(unit);
            char::decode_utf16(units)
                .map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        None => String::from_utf8_lossy(head).into_owned(),
    };
    let is_text = |c: char| !c.is_ascii_control() || "\t\n\r\u{c}\u{1b}".contains(c);
    text.chars().all(is_text).then_some(text)
}

/// Whether a text begins as subtitles do.
fn are_subtitles(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("WEBVTT") || text.starts_with("[Script Info]") {
        return true;
    }
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().trim();
    let is_number = !first.is_empty() && first.bytes().all(|it| it.is_ascii_digit());
    is_number && lines.next().is_some_and(|second| second.contains("-->"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{N_READ, NoRecording, no_recording, of_content};

    const SRT: &str = "1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n";

    fn check(name: &str, content: impl AsRef<[u8]>, expected: Option<NoRecording>) {
        let content = content.as_ref();
        let head = &content[..content.len().min(N_READ as usize)];
        let found = of_content(head, content.len() as u64, Path::new(name));
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn what_is_no_recording_is_told_by_its_content() {
        use NoRecording::{Empty, Other, Picture, Subtitles};
        check("a.wav", "", Some(Empty));
        check("a.srt", SRT, Some(Subtitles));
        check("a.mp3", SRT, Some(Subtitles));
        check("a.txt", "\u{feff}WEBVTT\n\n", Some(Subtitles));
        check("a.lrc", "[00:12.00]Hello\n", Some(Subtitles));
        // Chinese in GBK, and UTF-16.
        check("a.srt", b"1\n\xc4\xe3\xba\xc3", Some(Subtitles));
        let wide: Vec<u8> = SRT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check("a", [&[0xff, 0xfe][..], &wide].concat(), Some(Subtitles));
        check("a.png", b"\x89PNG\r\n\x1a\n\0\0", Some(Picture));
        check("a.wav", b"\xff\xd8\xff\xe0\0\x10JFIF", Some(Picture));
        check("a.mp4", b"\0\0\0\x18ftypheic\0\0\0\0", Some(Picture));
        check("a.webp", b"RIFF\x10\0\0\0WEBPVP8 ", Some(Picture));
        check(
            "a.svg",
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            Some(Picture),
        );
        check("a.txt", "Dear Anna,\n", Some(Other));
        check("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", Some(Other));
        check("a.docx", b"PK\x03\x04\x14\0\x06\0", Some(Other));
    }

    #[test]
    fn nothing_is_refused_for_its_name_or_because_it_is_unknown() {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
        for sample in ["en-01.flac", "en-04.wav"] {
            let content = fs::read(samples.join(sample)).unwrap();
            for name in ["a", "a.srt", "a.jpg", "a.txt", "a.pdf"] {
                check(name, &content, None);
            }
        }
        let heads: [&[u8]; 7] = [
            b"ID3\x04\0\0\0\0\0\x23TSSE",
            b"\xff\xfb\x90\x64\0\0\0\0",
            b"\xff\xf1\x50\x80\x02\x1f\xfc",
            b"\0\0\0\x20ftypM4A \0\0\0\0",
            b"\x1a\x45\xdf\xa3\x01\0\0\0",
            b"RIFF\x24\x08\0\0WAVEfmt ",
            b"\0\x01\x02\x03 unknown",
        ];
        for head in heads {
            check("a.srt", head, None);
        }
        // What is damaged fails with a reason of its own, when it is read.
        check("a.wav", "These are words, and no sound.\n", None);
        assert_eq!(no_recording(&PathBuf::from("/nowhere/a.srt")), None);
    }
}
