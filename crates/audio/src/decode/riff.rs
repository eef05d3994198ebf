//! Corrects wrong lengths in headers of wav (RIFF), aiff, caf and Matroska files.
//!
//! These headers contain lengths that are unknown while recording. An interrupted recorder leaves
//! 0, a placeholder or an estimate; the true lengths are inserted before the header is parsed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

use super::{N_CHANNELS_MOST, RATES_HZ};

/// Bytes of tags behind the sound, at most, in a file whose size is told without its 4 GiB.
const N_TAGS_MOST: u64 = 64 << 20;
/// Matroska's element around everything behind the header.
const SEGMENT: &[u8; 4] = b"\x18\x53\x80\x67";
/// The most channels that the demuxer takes: from any header, and from one with a mask.
const N_CHANNELS_TAKEN: (u16, u16) = (26, 18);
/// The format of a wav header with a mask of channels.
const EXTENSIBLE: u16 = 0xfffe;
/// The formats whose samples stand alone, each as long as the others.
const PLAIN: [u16; 5] = [1, 3, 6, 7, EXTENSIBLE];
/// Chunks looked at before the audio.
const N_CHUNKS: usize = 256;

/// Bytes that replace those at an offset.
pub(super) type Patch = (u64, [u8; 4]);

/// What the header says about the length of the audio, and what is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DataSize {
    /// Bytes of audio by the header; `None` when it says nothing (0 or a placeholder).
    pub(super) declared: Option<u64>,
    /// Bytes of audio that are there.
    pub(super) present: u64,
    /// Frames that are there, when a header of 32 bits cannot say so.
    pub(super) n_frames: Option<u64>,
    /// Whether the header says that the sound goes on to the end of the file, wherever that is.
    pub(super) is_open_ended: bool,
    /// Channels that the demuxer is told to be one, with as many times the rate; 0 if it is told the
    /// truth.
    pub(super) n_folded: u16,
}

/// A file with some bytes of its header replaced.
pub(super) struct Patched {
    file: File,
    position: u64,
    len: u64,
    patches: Vec<Patch>,
    /// Bytes that are read behind the end.
    suffix: &'static [u8],
    is_seekable: bool,
}

/// The corrections of a header.
struct Header {
    patches: Vec<Patch>,
    size: DataSize,
    /// Whether the header points behind the end of the file, so that it must not be followed.
    points_nowhere: bool,
}

impl Header {
    fn new(patches: Vec<Patch>, size: DataSize) -> Self {
        Self {
            patches,
            size,
            points_nowhere: false,
        }
    }
}

impl Patched {
    /// The file with `patches`, and with a corrected header when it is wav (RIFF, RF64, BW64),
    /// aiff, caf or Matroska.
    pub(super) fn new(
        mut file: File,
        mut patches: Vec<Patch>,
    ) -> io::Result<(Self, Option<DataSize>)> {
        let len = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        let header = match read_header(&mut file, len) {
            Ok(found) => found,
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(e) => return Err(e),
        };
        file.rewind()?;
        let mut is_seekable = true;
        let size = header.map(|header| {
            patches.extend(header.patches);
            is_seekable = !header.points_nowhere;
            header.size
        });
        Ok((
            Self {
                file,
                position: 0,
                len,
                patches,
                suffix: &[],
                is_seekable,
            },
            size,
        ))
    }

    /// The same, with bytes behind the end that are not in the file.
    pub(super) fn followed_by(self, suffix: &'static [u8]) -> Self {
        Self { suffix, ..self }
    }
}

impl Read for Patched {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buf)?;
        if n == 0
            && let Some(behind) = self.position.checked_sub(self.len)
        {
            let rest = self.suffix.get(behind as usize..).unwrap_or_default();
            let n = rest.len().min(buf.len());
            buf[..n].copy_from_slice(&rest[..n]);
            self.position += n as u64;
            return Ok(n);
        }
        for (at, bytes) in &self.patches {
            for (at, byte) in (*at..).zip(bytes) {
                if let Some(offset) = at.checked_sub(self.position)
                    && let Some(slot) = buf[..n].get_mut(offset as usize)
                {
                    *slot = *byte;
                }
            }
        }
        self.position += n as u64;
        Ok(n)
    }
}

impl Seek for Patched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::End(n) => SeekFrom::End(n.saturating_add(self.suffix.len() as i64)),
            // The file stands still while bytes behind its end are read.
            SeekFrom::Current(n) => {
                let position = self.position.checked_add_signed(n);
                SeekFrom::Start(position.ok_or(io::ErrorKind::InvalidInput)?)
            }
            SeekFrom::Start(_) => to,
        };
        self.position = self.file.seek(to)?;
        Ok(self.position)
    }
}

impl MediaSource for Patched {
    fn is_seekable(&self) -> bool {
        self.is_seekable
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len + self.suffix.len() as u64)
    }
}

/// Corrections for a header, `None` when it is of another kind or has no audio chunk.
fn read_header(file: &mut File, len: u64) -> io::Result<Option<Header>> {
    let magic = read::<4>(file)?;
    read::<4>(file)?;
    let form = read::<4>(file)?;
    match (&magic, &form) {
        (b"RIFF" | b"RF64" | b"BW64", b"WAVE") => wav(file, len, &magic != b"RIFF"),
        (b"FORM", b"AIFF" | b"AIFC") => aiff(file, len),
        (b"caff", _) => caf(file, len),
        (b"\x1a\x45\xdf\xa3", _) => matroska(file, len),
        _ => Ok(None),
    }
}

/// Corrections for a wav header; `is_long` when sizes beyond 4 GB stand in a chunk of their own.
fn wav(file: &mut File, len: u64, is_long: bool) -> io::Result<Option<Header>> {
    let mut long_size = None;
    let mut n_frame = None;
    let (mut n_folded, mut format_patches) = (0, Vec::new());
    let mut at = 12;
    for _ in 0..N_CHUNKS {
        file.seek(SeekFrom::Start(at))?;
        let id = read::<4>(file)?;
        let size = u32::from_le_bytes(read::<4>(file)?);
        if &id == b"fmt " {
            let format = WaveFormat::read(file)?;
            n_frame = Some(u64::from(format.n_frame));
            (n_folded, format_patches) = format.patches(at + 8, size);
        }
        if &id == b"ds64" {
            read::<8>(file)?;
            long_size = Some(u64::from_le_bytes(read::<8>(file)?));
        }
        if &id == b"data" {
            let declared = match long_size {
                Some(size) if is_long => Some(size).filter(|size| *size != 0),
                _ => declared_size(size).map(|size| unwrapped(size, len.saturating_sub(at + 8))),
            };
            let mut size = data_size(file, at + 8, len, declared)?;
            let true_size = u32::try_from(size.present).unwrap_or(u32::MAX);
            if true_size == u32::MAX {
                // The demuxer takes this for "not known", so the length is told beside it.
                let n_frame = n_frame.filter(|n| *n > 0);
                size.n_frames = n_frame.map(|n| size.present / n);
            }
            size.n_folded = n_folded;
            let mut patches = format_patches;
            patches.extend([
                (0, *b"RIFF"),
                (4, u32::MAX.to_le_bytes()),
                (at + 4, true_size.to_le_bytes()),
            ]);
            return Ok(Some(Header::new(patches, size)));
        }
        at += 8 + u64::from(size) + u64::from(size % 2);
    }
    Ok(None)
}

/// The beginning of a `fmt ` chunk.
struct WaveFormat {
    format: u16,
    n_channels: u16,
    rate_hz: u32,
    /// Bytes of a frame.
    n_frame: u16,
}

impl WaveFormat {
    fn read(file: &mut File) -> io::Result<Self> {
        let format = u16::from_le_bytes(read::<2>(file)?);
        let n_channels = u16::from_le_bytes(read::<2>(file)?);
        let rate_hz = u32::from_le_bytes(read::<4>(file)?);
        read::<4>(file)?;
        Ok(Self {
            format,
            n_channels,
            rate_hz,
            n_frame: u16::from_le_bytes(read::<2>(file)?),
        })
    }

    /// How many channels become one, and the bytes that say so, of a chunk at `at`. A mask becomes
    /// 0, because the demuxer refuses some, and all channels are mixed.
    fn patches(&self, at: u64, n_chunk: u32) -> (u16, Vec<Patch>) {
        let has_mask = self.format == EXTENSIBLE && n_chunk >= 40;
        let mut patches = Vec::new();
        if has_mask {
            patches.push((at + 20, [0; 4]));
        }
        let n_taken = if has_mask {
            N_CHANNELS_TAKEN.1
        } else {
            N_CHANNELS_TAKEN.0
        };
        let rate_hz = self.rate_hz.checked_mul(u32::from(self.n_channels));
        let is_folded = PLAIN.contains(&self.format)
            && self.n_channels > n_taken
            && usize::from(self.n_channels) <= N_CHANNELS_MOST
            && RATES_HZ.contains(&self.rate_hz);
        let Some(rate_hz) = rate_hz.filter(|_| is_folded) else {
            return (0, patches);
        };
        let [low, high] = self.format.to_le_bytes();
        patches.extend([(at, [low, high, 1, 0]), (at + 4, rate_hz.to_le_bytes())]);
        (self.n_channels, patches)
    }
}

/// Corrections for an aiff header whose audio is cut or of unknown length.
fn aiff(file: &mut File, len: u64) -> io::Result<Option<Header>> {
    let mut at = 12;
    for _ in 0..N_CHUNKS {
        file.seek(SeekFrom::Start(at))?;
        let id = read::<4>(file)?;
        let size = u32::from_be_bytes(read::<4>(file)?);
        let end = at + 8 + u64::from(size);
        if &id == b"SSND" && end > len {
            let true_size = u32::try_from(len - at - 8).unwrap_or(u32::MAX);
            let whole = u32::try_from(len - 8).unwrap_or(u32::MAX);
            let patches = vec![(4, whole.to_be_bytes()), (at + 4, true_size.to_be_bytes())];
            let present = u64::from(true_size);
            let size = DataSize {
                declared: declared_size(size),
                present,
                ..DataSize::default()
            };
            return Ok(Some(Header::new(patches, size)));
        }
        at = end + u64::from(size % 2);
    }
    Ok(None)
}

/// Corrections for a caf header whose audio is cut, or that has more channels than the demuxer
/// takes.
fn caf(file: &mut File, len: u64) -> io::Result<Option<Header>> {
    let (mut size, mut patches) = (DataSize::default(), Vec::new());
    let mut at = 8;
    for _ in 0..N_CHUNKS {
        file.seek(SeekFrom::Start(at))?;
        let id = read::<4>(file)?;
        // A size of -1 stands for "to the end" and is understood.
        let n_chunk = u64::try_from(i64::from_be_bytes(read::<8>(file)?)).ok();
        match &id {
            b"desc" => {
                (size.n_folded, patches) = caf_format(file, at + 12)?;
            }
            // The demuxer would believe it rather than the number of channels, and all are mixed.
            b"chan" => patches.push((at, *b"free")),
            b"data" => {
                let rest = len.saturating_sub(at + 12);
                if let Some(declared) = n_chunk.filter(|n| *n > rest) {
                    (size.declared, size.present) = (Some(declared), rest);
                    patches.extend(halves(at + 4, rest.to_be_bytes()));
                }
                return Ok((!patches.is_empty()).then(|| Header::new(patches, size)));
            }
            _ => {}
        }
        let Some(n_chunk) = n_chunk else { break };
        at = at.saturating_add(12).saturating_add(n_chunk);
    }
    Ok(None)
}

/// How many channels become one, and the bytes that say so, of a `desc` chunk whose content is at
/// `at`.
fn caf_format(file: &mut File, at: u64) -> io::Result<(u16, Vec<Patch>)> {
    let rate_hz = f64::from_be_bytes(read::<8>(file)?);
    let format = read::<4>(file)?;
    read::<4>(file)?;
    let n_packet = u32::from_be_bytes(read::<4>(file)?);
    let n_frames = u32::from_be_bytes(read::<4>(file)?);
    let n_channels = u32::from_be_bytes(read::<4>(file)?);
    let is_plain = matches!(&format, b"lpcm" | b"ulaw" | b"alaw") && n_frames == 1;
    let is_too_many = n_channels > u32::from(N_CHANNELS_TAKEN.0)
        && n_channels as usize <= N_CHANNELS_MOST
        && n_packet.is_multiple_of(n_channels);
    if !is_plain || !is_too_many || !RATES_HZ.contains(&(rate_hz as u32)) {
        return Ok((0, Vec::new()));
    }
    let mut patches = Vec::from(halves(at, (rate_hz * f64::from(n_channels)).to_be_bytes()));
    patches.extend([
        (at + 16, (n_packet / n_channels).to_be_bytes()),
        (at + 24, 1_u32.to_be_bytes()),
    ]);
    Ok((n_channels as u16, patches))
}

/// Eight bytes at an offset.
fn halves(at: u64, bytes: [u8; 8]) -> [Patch; 2] {
    let [a, b, c, d, e, f, g, h] = bytes;
    [(at, [a, b, c, d]), (at + 4, [e, f, g, h])]
}

/// Corrections for a Matroska file whose one segment is cut: its size becomes "not known".
///
/// Source: RFC 8794, 4.4 and 6.2. Writers give this size eight bytes, to fill it in at the end.
fn matroska(file: &mut File, len: u64) -> io::Result<Option<Header>> {
    file.seek(SeekFrom::Start(4))?;
    let first = read::<1>(file)?[0];
    let n_more = first.leading_zeros();
    let mut size = u64::from(first) & (0x7f_u64 >> n_more);
    for _ in 0..n_more.min(7) {
        size = size << 8 | u64::from(read::<1>(file)?[0]);
    }
    let at = 5 + u64::from(n_more) + size;
    file.seek(SeekFrom::Start(at))?;
    let (id, size) = (read::<4>(file)?, u64::from_be_bytes(read::<8>(file)?));
    // A size of ones alone, in however many bytes, is that of a stream without an end.
    let n_bytes = (size.leading_zeros() + 1).min(8);
    let ones = u64::MAX >> (64 - 7 * n_bytes);
    if &id == SEGMENT && (size >> (64 - 8 * n_bytes)) & ones == ones {
        let size = DataSize {
            is_open_ended: true,
            ..DataSize::default()
        };
        return Ok(Some(Header::new(Vec::new(), size)));
    }
    let rest = len.saturating_sub(at + 12);
    if &id != SEGMENT || size >> 56 != 1 || (size ^ 1 << 56) <= rest {
        return Ok(None);
    }
    let patches = vec![(at + 4, [0x01, 0xff, 0xff, 0xff]), (at + 8, [0xff; 4])];
    let size = DataSize {
        present: rest,
        ..DataSize::default()
    };
    Ok(Some(Header {
        patches,
        size,
        points_nowhere: true,
    }))
}

/// The size in a header, unless it is a placeholder for an unknown size.
///
/// Source: ffmpeg writes `0xFFFFFFFF` to a pipe, sox `0x7FFFF000` and a little more, others 0.
fn declared_size(size: u32) -> Option<u64> {
    let is_placeholder =
        size == 0 || size >= 0xffff_f000 || (0x7fff_f000..=0x8000_0000).contains(&size);
    (!is_placeholder).then_some(u64::from(size))
}

/// The size that 32 bits were too few for: writers that do not notice leave its rest after division
/// by 4 GiB. `rest` is what follows the header: the sound, and perhaps a list of tags.
fn unwrapped(size: u64, rest: u64) -> u64 {
    let more = rest.saturating_sub(size);
    let n_tags = more & 0xffff_ffff;
    if n_tags < N_TAGS_MOST {
        size + (more - n_tags)
    } else {
        size
    }
}

/// Compares the declared size with what follows the header.
fn data_size(file: &mut File, start: u64, len: u64, declared: Option<u64>) -> io::Result<DataSize> {
    let rest = len.saturating_sub(start);
    let present = match declared {
        Some(size) => size.min(rest),
        None if is_chunk(file, start, rest)? => 0,
        None => rest,
    };
    Ok(DataSize {
        declared,
        present,
        ..DataSize::default()
    })
}

/// Whether the rest of the file is one chunk (a list of tags, say) and not audio.
fn is_chunk(file: &mut File, start: u64, rest: u64) -> io::Result<bool> {
    if rest < 8 {
        return Ok(rest == 0);
    }
    file.seek(SeekFrom::Start(start))?;
    let id = read::<4>(file)?;
    let size = u64::from(u32::from_le_bytes(read::<4>(file)?));
    Ok(id.iter().all(u8::is_ascii_graphic) && (rest - 8).abs_diff(size) <= 1)
}

/// The next `N` bytes.
fn read<const N: usize>(file: &mut File) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
