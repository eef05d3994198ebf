//! Checks of a file before decoding: does it exist, is it readable, can it be a recording?

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::Path;

use earmark_files::kind::{Container, FileKind, Group, N_FIRST_BYTES, TextKind, kind, text};

use crate::Error;

/// Opens a file that holds something and is neither a folder nor plainly something else. Gives the
/// name of its container too, when that is one that only ffmpeg reads.
///
/// Errors: `NotFound`, `Folder`, `Unreadable`, `Empty`, `NotAudio`.
pub(super) fn open(path: &Path) -> Result<(File, Option<&'static str>), Error> {
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
        .take(N_FIRST_BYTES as u64)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    if start.is_empty() {
        return Err(Error::Empty {
            path: path.to_owned(),
        });
    }
    let kind = kind(&start);
    if let Some(found) = no_recording(&start, kind, path) {
        return Err(not_audio(&found));
    }
    file.rewind().map_err(unreadable)?;
    Ok((file, foreign(kind)))
}

/// The name of a container or codec that only ffmpeg reads.
///
/// Such a file is told before anything looks for mp3 or ADTS frames, because its content may hold
/// bytes that look like them.
fn foreign(kind: Option<FileKind>) -> Option<&'static str> {
    match kind?.group {
        Group::Recording(Container::Other) => kind.map(|it| it.name),
        _ => None,
    }
}

/// What a file that starts like this is, when it cannot be a recording.
///
/// Text is refused because ffmpeg would follow a playlist to other files.
fn no_recording(start: &[u8], kind: Option<FileKind>, path: &Path) -> Option<String> {
    match kind {
        Some(FileKind {
            group: Group::Recording(_),
            ..
        }) => None,
        Some(kind) => Some(format!("it is {}", kind.name)),
        None => {
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            let kind = TextKind::of(&text(start)?, &ending.to_lowercase());
            Some(format!("it is {}", kind.name()))
        }
    }
}

#[cfg(test)]
mod tests {
    use earmark_files::kind::kind;

    use super::{foreign, no_recording};

    #[track_caller]
    fn check(start: &[u8], found: Option<&str>) {
        let said = no_recording(start, kind(start), "a.mp3".as_ref());
        assert_eq!(said.as_deref(), found);
    }

    #[test]
    fn what_is_no_recording_is_named() {
        let playlist = Some("it is a playlist, which only names recordings");
        check(b"#EXTM3U\nfile:///etc/passwd\n", playlist);
        check("语音".as_bytes(), Some("it is text"));
        check(b"\xff\xfeh\0i\0", Some("it is text"));
        check(b"%PDF-1.7", Some("it is a PDF document"));
        check(b"\x89PNG\r\n\x1a\n", Some("it is a PNG picture"));
        check(b"RIFF\x24\0\0\0WAVEfmt ", None);
        check(b"OggS\0\x02", None);
        check(b"\xff\xfb\x90\x64", None);
        check(b"#!AMR\n\x3c\x91\x17", None);
        check(b"\0\x01\x02\x03 unknown", None);
    }

    #[test]
    fn containers_of_others_are_named() {
        assert_eq!(foreign(kind(b"RIFF\x24\0\0\0AVI LIST")), Some("AVI"));
        assert_eq!(foreign(kind(b"wvpk\0\0")), Some("WavPack"));
        assert_eq!(foreign(kind(b"RIFF\x24\0\0\0WAVEfmt ")), None);
        assert_eq!(foreign(kind(b"\xff\xfb\x90\x64")), None);
    }
}
