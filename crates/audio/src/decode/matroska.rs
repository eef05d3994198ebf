//! The audio tracks of a Matroska or WebM file.
//!
//! The demuxer does not tell titles, and takes a track without a default flag for one that is no
//! default, though the element's own default is 1, and writers leave it out exactly there.
//!
//! Source: RFC 9559, 5.1.4 (Tracks); RFC 8794 (EBML).

use std::io::{self, Read, Seek, SeekFrom};

use super::audio_tracks::{AudioTrack, AudioTracks};

/// Maximum elements on one level; more is damage or an attack.
const N_MOST: usize = 4096;
/// Maximum length of a text that is read.
///
/// Units: bytes.
const N_TEXT: u64 = 1024;

const EBML: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const TRACK_TYPE: u32 = 0x83;
const FLAG_DEFAULT: u32 = 0x88;
const NAME: u32 = 0x536e;
const LANGUAGE: u32 = 0x22_b59c;
const LANGUAGE_BCP47: u32 = 0x22_b59d;
/// The [`TRACK_TYPE`] of sound.
const AUDIO: u64 = 2;

/// The position of an element's content.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: u64,
    to: u64,
}

/// The audio tracks; `None` if this is no Matroska file, or they do not stand before its content.
pub(super) fn audio_tracks(file: &mut (impl Read + Seek)) -> io::Result<Option<AudioTracks>> {
    let end = file.seek(SeekFrom::End(0))?;
    let (mut is_matroska, mut found) = (false, None);
    walk(file, Span { from: 0, to: end }, &mut |file, id, span| {
        match id {
            EBML => is_matroska = true,
            SEGMENT if is_matroska => {
                walk(file, span, &mut |file, id, span| {
                    if id == TRACKS {
                        found = Some(tracks(file, span)?);
                    }
                    Ok(id != TRACKS && id != CLUSTER)
                })?;
                return Ok(false);
            }
            _ => {}
        }
        Ok(is_matroska)
    })?;
    Ok(found)
}

fn tracks(file: &mut (impl Read + Seek), span: Span) -> io::Result<AudioTracks> {
    let mut tracks = AudioTracks::default();
    walk(file, span, &mut |file, id, span| {
        if id == TRACK_ENTRY {
            tracks.0.extend(audio_track(file, span)?);
        }
        Ok(true)
    })?;
    Ok(tracks)
}

/// The track in a track entry, if it is one of sound.
fn audio_track(file: &mut (impl Read + Seek), span: Span) -> io::Result<Option<AudioTrack>> {
    let mut track = AudioTrack {
        is_default: true,
        // What a file without the element means.
        language: Some("eng".into()),
        ..AudioTrack::default()
    };
    let (mut kind, mut bcp47) = (0, None);
    walk(file, span, &mut |file, id, span| {
        match id {
            TRACK_NUMBER => track.id = u32::try_from(number(file, span)?).unwrap_or(u32::MAX),
            TRACK_TYPE => kind = number(file, span)?,
            FLAG_DEFAULT => track.is_default = number(file, span)? == 1,
            NAME => track.title = Some(text(file, span)?),
            LANGUAGE => track.language = Some(text(file, span)?),
            LANGUAGE_BCP47 => bcp47 = Some(text(file, span)?),
            _ => {}
        }
        Ok(true)
    })?;
    track.language = bcp47.or(track.language);
    Ok((kind == AUDIO).then_some(track))
}

/// A callback for the content of an element; `false` ends the walk.
type Visit<'a, F> = dyn FnMut(&mut F, u32, Span) -> io::Result<bool> + 'a;

/// Calls `visit` for each element in a span, at its content.
fn walk<F: Read + Seek>(file: &mut F, span: Span, visit: &mut Visit<'_, F>) -> io::Result<()> {
    let mut at = span.from;
    for _ in 0..N_MOST {
        if at >= span.to {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let (Some(id), Some(size)) = (varint(file, Marker::Kept)?, varint(file, Marker::Removed)?)
        else {
            break;
        };
        let Ok(id) = u32::try_from(id) else { break };
        let from = file.stream_position()?;
        // A size of ones alone stands for one that is not known.
        let to = from.saturating_add(size).min(span.to);
        if !visit(file, id, Span { from, to })? {
            break;
        }
        at = to;
    }
    Ok(())
}

/// What becomes of the bit that tells the length of a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    Kept,
    Removed,
}

/// A number of variable length; `None` for one that is damaged.
fn varint(file: &mut impl Read, marker: Marker) -> io::Result<Option<u64>> {
    let mut first = [0];
    file.read_exact(&mut first)?;
    let n_more = first[0].leading_zeros();
    if n_more > 7 {
        return Ok(None);
    }
    let mut value = u64::from(first[0]);
    if marker == Marker::Removed {
        value &= 0x7f >> n_more;
    }
    for _ in 0..n_more {
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        value = value << 8 | u64::from(byte[0]);
    }
    let is_unknown = marker == Marker::Removed && value == (1 << (7 * (n_more + 1))) - 1;
    Ok(Some(if is_unknown { u64::MAX } else { value }))
}

fn number(file: &mut impl Read, span: Span) -> io::Result<u64> {
    let mut value = 0;
    for _ in span.from..span.to.min(span.from + 8) {
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        value = value << 8 | u64::from(byte[0]);
    }
    Ok(value)
}

fn text(file: &mut impl Read, span: Span) -> io::Result<String> {
    let n_bytes = (span.to - span.from).min(N_TEXT);
    let mut bytes = Vec::new();
    file.take(n_bytes).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    // Writers may pad a text with zeros.
    Ok(text.split('\0').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{AudioTrack, audio_tracks};

    /// An element of this ID around `content`.
    fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
        let size = (content.len() as u64 | 1 << 56).to_be_bytes();
        [id, &size, content].concat()
    }

    fn file(tracks: &[Vec<u8>]) -> Vec<u8> {
        let tracks: Vec<u8> = tracks.iter().flat_map(|it| element(&[0xae], it)).collect();
        let segment = element(&[0x16, 0x54, 0xae, 0x6b], &tracks);
        // A segment without a size, as of a stream.
        [
            element(&[0x1a, 0x45, 0xdf, 0xa3], b""),
            vec![0x18, 0x53, 0x80, 0x67, 0xff],
            element(&[0xec], &[0; 5]),
            segment,
        ]
        .concat()
    }

    #[test]
    fn a_track_without_a_flag_is_a_default() {
        let video = [element(&[0xd7], &[1]), element(&[0x83], &[1])].concat();
        let first = [
            element(&[0xd7], &[2]),
            element(&[0x83], &[2]),
            element(&[0x88], &[0]),
            element(&[0x22, 0xb5, 0x9c], b"ger"),
            element(&[0x22, 0xb5, 0x9d], b"de-AT"),
            element(&[0x53, 0x6e], b"Ton\0\0"),
        ]
        .concat();
        let second = [element(&[0xd7], &[3]), element(&[0x83], &[2])].concat();
        let bytes = file(&[video, first, second]);
        let found = audio_tracks(&mut Cursor::new(&bytes)).unwrap().unwrap();
        let track = |id, is_default, language: &str, title: Option<&str>| AudioTrack {
            id,
            is_default,
            language: Some(language.into()),
            title: title.map(str::to_owned),
        };
        assert_eq!(
            found.0,
            [
                track(2, false, "de-AT", Some("Ton")),
                track(3, true, "eng", None)
            ]
        );
        for n_bytes in 0..bytes.len() {
            // Damage is no tracks, or an error; never a panic.
            let _ = audio_tracks(&mut Cursor::new(&bytes[..n_bytes]));
        }
        assert_eq!(audio_tracks(&mut Cursor::new(b"RIFFabcd")).unwrap(), None);
    }
}
