//! Files that are certainly no recordings, told by what is in them: a name alone may be wrong.

use std::path::Path;

use earmark_files::kind::{Group, TextKind, kind, text};

use crate::inputs::{ending, has_media_ending, head};

/// What a file is that is no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRecording {
    /// It holds nothing.
    Empty,
    /// It holds the text of subtitles or lyrics.
    Subtitles,
    /// It holds a picture.
    Picture,
    /// It only names recordings, which are not in it.
    Playlist,
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

fn of_content(head: &[u8], n_bytes: u64, path: &Path) -> Option<NoRecording> {
    if n_bytes == 0 {
        return Some(NoRecording::Empty);
    }
    match kind(head).map(|it| it.group) {
        Some(Group::Recording(_)) => return None,
        Some(Group::Picture) => return Some(NoRecording::Picture),
        Some(Group::Document | Group::Archive | Group::Other) => return Some(NoRecording::Other),
        None => {}
    }
    match TextKind::of(&text(head)?, &ending(path).unwrap_or_default()) {
        TextKind::Subtitles => Some(NoRecording::Subtitles),
        TextKind::Picture => Some(NoRecording::Picture),
        TextKind::Playlist => Some(NoRecording::Playlist),
        // A recording that is damaged has a failure of its own.
        TextKind::Other => (!has_media_ending(path)).then_some(NoRecording::Other),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use earmark_files::kind::N_FIRST_BYTES;

    use super::{NoRecording, no_recording, of_content};

    const SRT: &str = "1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n";

    fn check(name: &str, content: impl AsRef<[u8]>, expected: Option<NoRecording>) {
        let content = content.as_ref();
        let head = &content[..content.len().min(N_FIRST_BYTES)];
        let found = of_content(head, content.len() as u64, Path::new(name));
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn what_is_no_recording_is_told_by_its_content() {
        use NoRecording::{Empty, Other, Picture, Playlist, Subtitles};
        check("a.wav", "", Some(Empty));
        check("a.m3u8", "#EXTM3U\na.mp3\n", Some(Playlist));
        check("a.mp3", "[playlist]\nFile1=a.mp3\n", Some(Playlist));
        check("a.cue", "FILE \"a.wav\" WAVE\n", Some(Playlist));
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
