//! Checks of a file before decoding: does it exist, is it readable, can it be a recording?

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::Path;

use crate::Error;

/// Bytes that are checked.
const N_LOOK: u64 = 4096;

/// First bytes of files that are often opened by mistake.
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

/// Containers and codecs that only ffmpeg reads: first bytes, where they stand, name.
///
/// They are recognised before anything looks for MP3 or ADTS frames, because their content may
/// hold bytes that look like such frames.
///
/// Source: the formats' own specifications.
const FOREIGN: [(usize, &[u8], &str); 27] = [
    (8, b"AVI ", "AVI"),
    (0, b"\x00\x00\x01\xba", "an MPEG program stream"),
    (0, b"\x00\x00\x01\xb3", "MPEG video"),
    (0, b"FLV\x01", "Flash video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media"),
    (0, b".RMF", "RealMedia"),
    (0, b".ra\xfd", "RealAudio"),
    (0, b"\x7f\xfe\x80\x01", "DTS"),
    (0, b"\xfe\x7f\x01\x80", "DTS"),
    (0, b"\x1f\xff\xe8\x00", "DTS"),
    (0, b"\xff\x1f\x00\xe8", "DTS"),
    (0, b"\x64\x58\x20\x25", "DTS-HD"),
    (0, b"\x0b\x77", "AC-3"),
    (4, b"\xf8\x72\x6f\xba", "Dolby TrueHD"),
    (0, b"wvpk", "WavPack"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"TTA1", "True Audio"),
    (0, b"tBaK", "TAK"),
    (0, b"MPCK", "Musepack"),
    (0, b"MP+", "Musepack"),
    (0, b"DSD ", "DSD"),
    (0, b"#!AMR", "AMR"),
    (0, b".snd", "Sun audio"),
    (0, b"Creative Voice File", "Creative Voice"),
    (0, b"riff\x2e\x91\xcf\x11", "Wave64"),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01", "MXF"),
    (0, b"nut/multimedia container", "NUT"),
];

/// Packet lengths of an MPEG transport stream, and where the sync byte of each packet stands:
/// broadcast, Blu-ray and AVCHD cameras, with error correction.
///
/// Units: bytes. Source: ISO/IEC 13818-1; the Blu-ray white paper 2.B.
const TRANSPORT_PACKETS: [(usize, usize); 3] = [(188, 0), (192, 4), (204, 0)];
/// Sync bytes that must follow each other at one packet length.
const N_SYNC_BYTES: usize = 5;

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
    Ok((file, foreign(&start)))
}

/// The container or codec of a file that starts like this, when only ffmpeg reads it.
fn foreign(start: &[u8]) -> Option<&'static str> {
    let is_transport_stream = TRANSPORT_PACKETS.iter().any(|(length, first)| {
        let mut sync_bytes = start.iter().skip(*first).step_by(*length);
        sync_bytes.len() >= N_SYNC_BYTES && sync_bytes.all(|byte| *byte == 0x47)
    });
    if is_transport_stream {
        return Some("an MPEG transport stream");
    }
    let is_at = |at: usize, magic: &[u8]| start.get(at..).is_some_and(|it| it.starts_with(magic));
    let found = FOREIGN.iter().find(|(at, magic, _)| is_at(*at, magic));
    found.map(|(.., name)| *name)
}

/// What a file that starts like this is, when it cannot be a recording.
///
/// Text is refused because ffmpeg would follow a playlist to other files.
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
        // The checked bytes may end in the middle of a character.
        Err(e) => e.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::{foreign, no_recording};

    #[track_caller]
    fn check(start: &[u8], found: Option<&str>) {
        assert_eq!(no_recording(start), found);
    }

    #[test]
    fn text_and_documents_are_refused() {
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

    #[test]
    fn containers_of_others_are_named() {
        let packets = |length: usize, first: usize| {
            let mut bytes = vec![0xff; first + 6 * length];
            bytes
                .iter_mut()
                .skip(first)
                .step_by(length)
                .for_each(|byte| *byte = 0x47);
            bytes
        };
        let stream = Some("an MPEG transport stream");
        assert_eq!(foreign(&packets(188, 0)), stream);
        assert_eq!(foreign(&packets(192, 4)), stream);
        assert_eq!(foreign(&packets(204, 0)), stream);
        assert_eq!(foreign(&packets(180, 0)), None);
        assert_eq!(foreign(b"G"), None);
        assert_eq!(foreign(b"RIFF\x24\0\0\0AVI LIST"), Some("AVI"));
        assert_eq!(foreign(b"RIFF\x24\0\0\0WAVEfmt "), None);
        assert_eq!(foreign(b"wvpk\0\0"), Some("WavPack"));
        assert_eq!(foreign(b"\xff\xfb\x90\x64"), None);
    }
}
