//! A first look at a file: is there one, may we read it, could it be a recording at all?

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::Path;

use crate::Error;

/// Bytes of the first look.
const N_LOOK: u64 = 4096;

/// First bytes of what people drop on an audio program by mistake.
const NO_RECORDINGS: [(&[u8], &str); 10] = [
    (b"%PDF", "it is a PDF document"),
    (b"PK\x03\x04", "it is a zip archive or an office document"),
    (b"\x1f\x8b", "it is a gzip archive"),
    (b"7z\xbc\xaf", "it is a 7z archive"),
    (b"Rar!", "it is a rar archive"),
    (b"\x89PNG", "it is a PNG picture"),
    (b"\xff\xd8\xff", "it is a JPEG picture"),
    (b"GIF8", "it is a GIF picture"),
    (b"\x7fELF", "it is a program"),
    (b"MZ", "it is a program"),
];

/// Opens a file that holds something and is neither a folder nor plainly something else.
///
/// Errors: `NotFound`, `Folder`, `Unreadable`, `Empty`, `NotAudio`.
pub(super) fn open(path: &Path) -> Result<File, Error> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Error::NotFound {
            path: path.to_owned(),
        },
        _ => Error::Unreadable {
            path: path.to_owned(),
            source,
        },
    };
    let not_audio = |found: &str| Error::NotAudio {
        path: path.to_owned(),
        found: found.into(),
    };

    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(Error::Folder {
            path: path.to_owned(),
        });
    }
    if !metadata.is_file() {
        return Err(not_audio("it is a device or a pipe, not a file"));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut start = Vec::new();
    (&mut file)
        .take(N_LOOK)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    if start.is_empty() {
        return Err(Error::Empty {
            path: path.to_owned(),
        });
    }
    if let Some(found) = no_recording(&start) {
        return Err(not_audio(found));
    }
    file.rewind().map_err(unreadable)?;
    Ok(file)
}

/// What a file that starts like this is, when it cannot be a recording.
///
/// Text is refused here because a playlist is text: ffmpeg would follow it to other files.
fn no_recording(start: &[u8]) -> Option<&'static str> {
    if let Some((_, found)) = NO_RECORDINGS
        .iter()
        .find(|(magic, _)| start.starts_with(magic))
    {
        return Some(found);
    }
    let utf16 = start.starts_with(b"\xff\xfe") && start.iter().skip(3).step_by(2).all(|b| *b == 0);
    (utf16 || is_text(start)).then_some("its content is text")
}

/// Whether this is UTF-8 or plain ASCII-like text without control characters.
fn is_text(start: &[u8]) -> bool {
    let control = |b: &u8| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    if start.iter().any(control) {
        return false;
    }
    match std::str::from_utf8(start) {
        Ok(_) => true,
        // The look may end in the middle of a character.
        Err(e) => e.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::no_recording;

    #[track_caller]
    fn check(start: &[u8], found: Option<&str>) {
        assert_eq!(no_recording(start), found);
    }

    #[test]
    fn text_and_documents_are_told_from_recordings() {
        check(
            b"#EXTM3U\nfile:///etc/passwd\n",
            Some("its content is text"),
        );
        check("语音".as_bytes(), Some("its content is text"));
        check(&"语音".as_bytes()[..5], Some("its content is text"));
        check(b"\xff\xfeh\0i\0", Some("its content is text"));
        check(b"%PDF-1.7", Some("it is a PDF document"));
        check(b"RIFF\x24\0\0\0WAVEfmt ", None);
        check(b"OggS\0\x02", None);
        check(b"\xff\xfb\x90\x64", None);
        check(b"#!AMR\n\x3c\x91\x17", None);
    }
}
