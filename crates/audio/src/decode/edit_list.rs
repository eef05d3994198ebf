//! The edit list of an mp4, m4a or mov file: which part of a track is played, and when.
//!
//! It is how these containers state the encoder's delay (1024 or 2112 frames of AAC, 312 and more
//! of Opus) and a sound that starts later than the picture. The demuxer reads edit lists but
//! keeps them to itself, so they are read here.
//!
//! The byte order of QuickTime's uncompressed sound is read here, too; the demuxer takes it for
//! little-endian.
//!
//! Source: ISO/IEC 14496-12, 8.6.6 (`elst`), 8.3.2 (`tkhd`), 8.4.2 (`mdhd`), 8.2.2 (`mvhd`); the
//! QuickTime file format, "Sound Sample Descriptions" (`stsd`, `wave`, `enda`).

use std::io::{self, Read, Seek, SeekFrom};

use super::audio_tracks::{AudioTrack, AudioTracks};
use super::riff::Patch;
use super::timeline::Timeline;

/// Maximum boxes on one level and edits of one track; more is damage or an attack.
const N_MOST: usize = 4096;
/// The codes of languages that QuickTime numbers, from 0 on.
///
/// Source: the QuickTime file format, "Language Code Values".
const QUICKTIME_LANGUAGES: [&str; 34] = [
    "eng", "fra", "deu", "ita", "nld", "swe", "spa", "dan", "por", "nor", "heb", "jpn", "ara",
    "fin", "ell", "isl", "mlt", "tur", "hrv", "zho", "urd", "hin", "tha", "kor", "lit", "pol",
    "hun", "est", "lav", "sme", "fao", "fas", "rus", "zho",
];
/// Longest text that is read.
///
/// Units: bytes.
const N_TEXT: u64 = 1024;
/// Longest plausible silence before a track.
///
/// Units: seconds.
const SILENCE_MOST_S: u64 = 3600;

/// The edit lists of a file of the mp4 family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Movie {
    /// Whether there is a `moov`; a recording that was cut off has none.
    pub(super) has_index: bool,
    /// Whether it is the picture of a camera, which has the same boxes, but no sound.
    pub(super) is_picture: bool,
    /// Whether there is an `ftyp`; files from before 2003 have none.
    pub(super) has_brand: bool,
    /// A true size for a box that the file was cut in; without it the demuxer gives up.
    pub(super) patches: Vec<Patch>,
    /// Units: 1 / s.
    timescale: u64,
    tracks: Vec<Track>,
}

/// The position of a box.
#[derive(Clone, Copy)]
struct Span {
    header: u64,
    from: u64,
    to: u64,
    /// Whether its declared size ends after `to`.
    is_cut: bool,
}

/// The times of one track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Track {
    id: u32,
    /// Whether it is enabled; of several audio tracks, players play the enabled one.
    is_enabled: bool,
    /// Units: 1 / s.
    timescale: u64,
    edits: Vec<Edit>,
    /// Whether its uncompressed samples of 24 bits and more begin with the highest byte.
    is_big_endian: bool,
    is_audio: bool,
    language: Option<String>,
    title: Option<String>,
}

/// One entry of an edit list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edit {
    /// Length in the movie's time scale; 0 means "to the end" in fragmented files.
    duration: u64,
    /// First unit of the track's own time scale, negative for silence.
    media_time: i64,
}

impl Movie {
    /// Reads the edit lists; `None` if this is not a file of the mp4 family.
    pub(super) fn read(file: &mut (impl Read + Seek)) -> io::Result<Option<Self>> {
        let end = file.seek(SeekFrom::End(0))?;
        let mut movie = Self::default();
        let (mut first, mut has_meta) = (*b"    ", false);
        walk(file, 0, end, &mut |file, kind, span| {
            if span.header == 0 {
                first = *kind;
            }
            movie.has_brand |= kind == b"ftyp";
            has_meta |= kind == b"meta";
            if kind == b"moov" {
                movie.has_index = true;
                movie.read_index(file, span)?;
            } else if span.is_cut {
                movie.patches = patches(span);
            }
            Ok(())
        })?;
        movie.is_picture = has_meta && !movie.has_index;
        let is_mp4 = match &first {
            b"ftyp" | b"moov" | b"wide" => true,
            // Old QuickTime files begin with anything; the index settles it.
            b"mdat" | b"free" | b"skip" | b"pnot" | b"junk" | b"uuid" => movie.has_index,
            _ => false,
        };
        Ok(is_mp4.then_some(movie))
    }

    fn read_index(&mut self, file: &mut (impl Read + Seek), span: Span) -> io::Result<()> {
        walk(file, span.from, span.to, &mut |file, kind, span| {
            match kind {
                b"mvhd" => self.timescale = timescale(file)?,
                b"trak" => {
                    let mut track = Track::default();
                    track.read(file, span)?;
                    self.tracks.push(track);
                }
                _ => {}
            }
            Ok(())
        })
    }

    /// The audio tracks; one that is enabled counts as a default.
    pub(super) fn audio_tracks(&self) -> AudioTracks {
        let audio = self.tracks.iter().filter(|track| track.is_audio);
        let track = |track: &Track| AudioTrack {
            id: track.id,
            is_default: track.is_enabled,
            language: track.language.clone(),
            title: track.title.clone(),
        };
        AudioTracks(audio.map(track).collect())
    }

    /// Whether the uncompressed samples of track `id` begin with the highest byte, though the
    /// demuxer says otherwise.
    pub(super) fn is_big_endian(&self, id: u32) -> bool {
        self.tracks
            .iter()
            .any(|track| track.id == id && track.is_big_endian)
    }

    /// The played part of track `id` at `rate_hz`; `None` when its edit list says nothing.
    ///
    /// Errors: a sentence when the list is one we do not follow.
    pub(super) fn timeline(&self, id: u32, rate_hz: u32) -> Result<Option<Timeline>, String> {
        let Some(track) = self.tracks.iter().find(|track| track.id == id) else {
            return Ok(None);
        };
        if track.edits.is_empty() || track.timescale == 0 || self.timescale == 0 {
            return Ok(None);
        }
        let frames = |n: u64, scale: u64| {
            let frames = u128::from(n) * u128::from(rate_hz) / u128::from(scale);
            u64::try_from(frames).unwrap_or(u64::MAX)
        };
        let (mut silence, mut played) = (0, Vec::<(u64, u64)>::new());
        for (at, edit) in track.edits.iter().enumerate() {
            let n = frames(edit.duration, self.timescale);
            match u64::try_from(edit.media_time) {
                Ok(start) => {
                    let from = frames(start, track.timescale);
                    let to = if edit.duration == 0 {
                        u64::MAX
                    } else {
                        from.saturating_add(n)
                    };
                    if played.last().is_some_and(|(_, end)| from < *end) {
                        return Err("the edit list plays parts twice or out of order; \
                                    the whole track is read instead"
                            .into());
                    }
                    played.push((from, to));
                }
                Err(_) if at == 0 && n <= SILENCE_MOST_S * u64::from(rate_hz) => silence = n,
                Err(_) => {
                    return Err("the edit list has silence that is not followed; \
                                the whole track is read instead"
                        .into());
                }
            }
        }
        Ok((!played.is_empty()).then(|| Timeline::new(silence, played)))
    }
}

impl Track {
    fn read(&mut self, file: &mut (impl Read + Seek), span: Span) -> io::Result<()> {
        walk(file, span.from, span.to, &mut |file, kind, span| {
            match kind {
                b"tkhd" => {
                    let start = u32(file)?;
                    self.is_enabled = start & 1 == 1;
                    skip(file, if start >> 24 == 1 { 16 } else { 8 })?;
                    self.id = u32(file)?;
                }
                b"mdia" => walk(file, span.from, span.to, &mut |file, kind, span| {
                    match kind {
                        b"mdhd" => (self.timescale, self.language) = media_header(file, span)?,
                        b"hdlr" => {
                            skip(file, 8)?;
                            self.is_audio = u32(file)?.to_be_bytes() == *b"soun";
                        }
                        b"minf" => self.is_big_endian = is_big_endian(file, span)?,
                        _ => {}
                    }
                    Ok(())
                })?,
                b"edts" => walk(file, span.from, span.to, &mut |file, kind, span| {
                    if kind == b"elst" {
                        self.edits = edits(file, span.to)?;
                    }
                    Ok(())
                })?,
                b"udta" => walk(file, span.from, span.to, &mut |file, kind, span| {
                    if kind == b"name" {
                        self.title = Some(text(file, span)?);
                    }
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })
    }
}

/// A callback for the content of a box of this type.
type Visit<'a, F> = dyn FnMut(&mut F, &[u8; 4], Span) -> io::Result<()> + 'a;

/// Calls `visit` for each box between two offsets, with its type and position, at its content.
fn walk<F: Read + Seek>(
    file: &mut F,
    from: u64,
    to: u64,
    visit: &mut Visit<'_, F>,
) -> io::Result<()> {
    let mut at = from;
    for _ in 0..N_MOST {
        if at.saturating_add(8) > to {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let size = u64::from(u32(file)?);
        let kind = u32(file)?.to_be_bytes();
        let (n_header, size) = match size {
            0 => (8, to - at),
            1 => (16, u64(file)?),
            size => (8, size),
        };
        if size < n_header {
            break;
        }
        let end = at.saturating_add(size).min(to);
        let is_cut = end < at.saturating_add(size);
        visit(
            file,
            &kind,
            Span {
                header: at,
                from: at + n_header,
                to: end,
                is_cut,
            },
        )?;
        at = end;
    }
    Ok(())
}

/// The header that a cut box should have had.
fn patches(span: Span) -> Vec<Patch> {
    let size = (span.to - span.header).to_be_bytes();
    let (high, low) = size.as_chunks::<4>().0.split_at(1);
    if span.from - span.header == 16 {
        vec![(span.header + 8, high[0]), (span.header + 12, low[0])]
    } else {
        vec![(span.header, low[0])]
    }
}

/// Whether the first sample description below a `minf` is of QuickTime's uncompressed sound in 24
/// bits and more, which is big-endian unless an `enda` says 1.
fn is_big_endian(file: &mut (impl Read + Seek), minf: Span) -> io::Result<bool> {
    let mut entry = None;
    walk(file, minf.from, minf.to, &mut |file, kind, span| {
        if kind == b"stbl" {
            walk(file, span.from, span.to, &mut |file, kind, span| {
                if kind == b"stsd" {
                    walk(file, span.from + 8, span.to, &mut |_, kind, span| {
                        entry = entry.or(Some((*kind, span)));
                        Ok(())
                    })?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    let Some((b"in24" | b"in32" | b"fl32" | b"fl64", span)) =
        entry.as_ref().map(|(kind, span)| (kind, *span))
    else {
        return Ok(false);
    };
    // 8 bytes of every sample description, then the version of the sound description.
    file.seek(SeekFrom::Start(span.from + 8))?;
    let n_fields = match u32(file)? >> 16 {
        0 => 20,
        1 => 36,
        _ => return Ok(false),
    };
    let mut is_little = false;
    walk(
        file,
        span.from + 8 + n_fields,
        span.to,
        &mut |file, kind, span| {
            if kind == b"wave" {
                walk(file, span.from, span.to, &mut |file, kind, span| {
                    if kind == b"enda" && span.to - span.from >= 2 {
                        let mut flag = [0; 2];
                        file.read_exact(&mut flag)?;
                        is_little = u16::from_be_bytes(flag) == 1;
                    }
                    Ok(())
                })?;
            }
            Ok(())
        },
    )?;
    Ok(!is_little)
}

/// The time scale in an `mvhd`.
fn timescale(file: &mut (impl Read + Seek)) -> io::Result<u64> {
    let version = u32(file)? >> 24;
    skip(file, if version == 1 { 16 } else { 8 })?;
    u32(file).map(u64::from)
}

/// The time scale and the language in an `mdhd`.
fn media_header(file: &mut (impl Read + Seek), span: Span) -> io::Result<(u64, Option<String>)> {
    let version = u32(file)? >> 24;
    skip(file, if version == 1 { 16 } else { 8 })?;
    let timescale = u64::from(u32(file)?);
    skip(file, if version == 1 { 8 } else { 4 })?;
    if file.stream_position()? + 2 > span.to {
        return Ok((timescale, None));
    }
    let mut packed = [0; 2];
    file.read_exact(&mut packed)?;
    let packed = u16::from_be_bytes(packed);
    if packed < 0x400 {
        let code = QUICKTIME_LANGUAGES.get(usize::from(packed));
        return Ok((timescale, code.map(|code| (*code).to_owned())));
    }
    // Three letters of five bits.
    let letter = |at: u16| char::from(0x60 + (packed >> at & 0x1f) as u8);
    let is_known = packed != 0x7fff;
    let language = is_known.then(|| [letter(10), letter(5), letter(0)].iter().collect());
    Ok((timescale, language))
}

/// The text in a box.
fn text(file: &mut impl Read, span: Span) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.take((span.to - span.from).min(N_TEXT))
        .read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The entries of an `elst` that ends at `to`.
fn edits(file: &mut (impl Read + Seek), to: u64) -> io::Result<Vec<Edit>> {
    let version = u32(file)? >> 24;
    let n_edits = (u32(file)? as usize).min(N_MOST);
    let mut edits = Vec::new();
    while edits.len() < n_edits && file.stream_position()? < to {
        let (duration, media_time) = if version == 1 {
            (u64(file)?, u64(file)?.cast_signed())
        } else {
            (u64::from(u32(file)?), i64::from(u32(file)?.cast_signed()))
        };
        skip(file, 4)?; // the rate, which is 1 wherever there is sound
        edits.push(Edit {
            duration,
            media_time,
        });
    }
    Ok(edits)
}

fn skip(file: &mut impl Seek, n: i64) -> io::Result<()> {
    file.seek_relative(n)
}

fn u32(file: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes)
        .map(|()| u32::from_be_bytes(bytes))
}

fn u64(file: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes)
        .map(|()| u64::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{Movie, Timeline};

    /// A box of this type around `content`.
    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let size = (content.len() as u32 + 8).to_be_bytes();
        [&size[..], kind, content].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A file whose track 7 counts in 48000ths, the movie in 1000ths, with this edit list.
    fn movie(edits: &[(u32, i32)]) -> Movie {
        let mut list = vec![0, edits.len() as u32];
        for (duration, media_time) in edits {
            list.extend([*duration, media_time.cast_unsigned(), 0x1_0000]);
        }
        let track = [
            boxed(b"tkhd", &words(&[0, 0, 0, 7])),
            boxed(b"edts", &boxed(b"elst", &words(&list))),
            boxed(b"mdia", &boxed(b"mdhd", &words(&[0, 0, 0, 48_000]))),
        ]
        .concat();
        let index = [
            boxed(b"mvhd", &words(&[0, 0, 0, 1000])),
            boxed(b"trak", &track),
        ]
        .concat();
        let file = [boxed(b"ftyp", b"M4A "), boxed(b"moov", &index)].concat();
        Movie::read(&mut Cursor::new(file)).unwrap().unwrap()
    }

    #[track_caller]
    fn check(edits: &[(u32, i32)], expected: Option<Timeline>) {
        assert_eq!(movie(edits).timeline(7, 48_000), Ok(expected));
    }

    #[test]
    fn edits_become_ranges_of_frames() {
        check(&[], None);
        check(&[(2000, 1024)], Some(Timeline::new(0, [(1024, 97_024)])));
        check(&[(0, 1024)], Some(Timeline::from(1024)));
        check(
            &[(500, -1), (1000, 0)],
            Some(Timeline::new(24_000, [(0, 48_000)])),
        );
        check(
            &[(10, 0), (10, 960)],
            Some(Timeline::new(0, [(0, 480), (960, 1440)])),
        );
        assert_eq!(movie(&[(5, 0)]).timeline(8, 48_000), Ok(None));
    }

    #[test]
    fn lists_that_jump_back_are_refused() {
        assert!(movie(&[(10, 480), (10, 0)]).timeline(7, 48_000).is_err());
        assert!(movie(&[(10, 0), (10, -1)]).timeline(7, 48_000).is_err());
        assert!(
            movie(&[(u32::MAX, -1), (10, 0)])
                .timeline(7, 48_000)
                .is_err()
        );
    }

    #[test]
    fn audio_tracks_have_a_language_and_a_title() {
        let track = |id: u32, flags: u32, kind: &[u8], language: u32, title: &[u8]| {
            let header = words(&[0, 0, 0, 48_000, 0, language << 16]);
            let media = [
                boxed(b"mdhd", &header),
                boxed(b"hdlr", &[&[0; 8], kind].concat()),
            ];
            let content = [
                boxed(b"tkhd", &words(&[flags, 0, 0, id])),
                boxed(b"mdia", &media.concat()),
                boxed(b"udta", &boxed(b"name", title)),
            ];
            boxed(b"trak", &content.concat())
        };
        let packed = |code: &[u8; 3]| {
            let letter = |at: usize| u32::from(code[at] - 0x60);
            letter(0) << 10 | letter(1) << 5 | letter(2)
        };
        let index = [
            track(1, 1, b"vide", packed(b"und"), b""),
            track(2, 0, b"soun", packed(b"ger"), b"Ton"),
            track(3, 1, b"soun", 0x7fff, b""),
        ];
        let file = [boxed(b"ftyp", b"M4A "), boxed(b"moov", &index.concat())].concat();
        let movie = Movie::read(&mut Cursor::new(file)).unwrap().unwrap();
        let found = movie.audio_tracks().0;
        let told: Vec<_> = found
            .iter()
            .map(|it| {
                (
                    it.id,
                    it.is_default,
                    it.language.as_deref(),
                    it.title.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (2, false, Some("ger"), Some("Ton")),
                (3, true, None, Some(""))
            ]
        );
    }

    #[test]
    fn a_picture_of_a_camera_is_no_cut_film() {
        let picture = [
            boxed(b"ftyp", b"abcd"),
            boxed(b"meta", &[0; 20]),
            boxed(b"mdat", &[0; 9]),
        ];
        let picture = Movie::read(&mut Cursor::new(picture.concat())).unwrap();
        assert!(picture.unwrap().is_picture);
        assert!(!movie(&[]).is_picture);
    }

    #[test]
    fn other_files_and_cut_ones_are_told_apart() {
        assert_eq!(
            Movie::read(&mut Cursor::new(b"RIFF\0\0\0\0WAVE")).unwrap(),
            None
        );
        let cut = Movie::read(&mut Cursor::new(boxed(b"ftyp", b"M4A ")))
            .unwrap()
            .unwrap();
        assert!(!cut.has_index);
    }

    #[test]
    fn a_cut_box_gets_its_true_size() {
        let file = [
            boxed(b"ftyp", b"M4A "),
            boxed(b"mdat", &[0; 100])[..50].to_vec(),
        ]
        .concat();
        let cut = Movie::read(&mut Cursor::new(file)).unwrap().unwrap();
        assert_eq!(cut.patches, [(12, 50u32.to_be_bytes())]);
        let mut long = [
            &[0, 0, 0, 1],
            &b"mdat"[..],
            &[0, 0, 0, 9, 0, 0, 0, 0],
            &[0; 4],
        ]
        .concat();
        long.splice(0..0, boxed(b"ftyp", b"M4A "));
        let cut = Movie::read(&mut Cursor::new(long)).unwrap().unwrap();
        assert_eq!(cut.patches, [(20, [0; 4]), (24, 20u32.to_be_bytes())]);
    }
}
