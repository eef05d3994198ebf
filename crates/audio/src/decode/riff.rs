//! A RIFF header states its lengths first, so whoever writes it while recording must lie.
//!
//! Recorders that never came to their end leave 0, a placeholder or the length they hoped for;
//! here the true lengths take their place before anyone parses the header.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

/// Chunks looked at before the audio.
const N_CHUNKS: usize = 256;

/// What the header of a wav file says about the length of the audio, and what is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DataSize {
    /// Bytes of audio by the header; `None` when it says nothing (0 or a placeholder).
    pub(super) declared: Option<u64>,
    /// Bytes of audio that are there.
    pub(super) present: u64,
}

/// A file with some bytes of its header replaced.
pub(super) struct Patched {
    file: File,
    position: u64,
    len: u64,
    patches: Vec<(u64, [u8; 4])>,
}

impl Patched {
    /// The file as it is, or with a corrected header when it is a wav (RIFF, RF64 or BW64).
    pub(super) fn new(mut file: File) -> io::Result<(Self, Option<DataSize>)> {
        let len = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        let header = match wav_patches(&mut file, len) {
            Ok(found) => found,
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(e) => return Err(e),
        };
        file.rewind()?;
        let (patches, size) = header.map_or((Vec::new(), None), |(p, s)| (p, Some(s)));
        Ok((
            Self {
                file,
                position: 0,
                len,
                patches,
            },
            size,
        ))
    }
}

impl Read for Patched {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buf)?;
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
        self.position = self.file.seek(to)?;
        Ok(self.position)
    }
}

impl MediaSource for Patched {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}

/// Replacements for the header of a wav file, `None` when it is none or has no audio chunk.
fn wav_patches(file: &mut File, len: u64) -> io::Result<Option<(Vec<(u64, [u8; 4])>, DataSize)>> {
    let magic = read::<4>(file)?;
    read::<4>(file)?;
    let form = read::<4>(file)?;
    let is_long = matches!(&magic, b"RF64" | b"BW64");
    if &form != b"WAVE" || !(is_long || &magic == b"RIFF") {
        return Ok(None);
    }
    let mut long_size = None;
    let mut at = 12;
    for _ in 0..N_CHUNKS {
        file.seek(SeekFrom::Start(at))?;
        let id = read::<4>(file)?;
        let size = u32::from_le_bytes(read::<4>(file)?);
        match &id {
            b"ds64" => {
                read::<8>(file)?;
                long_size = Some(u64::from_le_bytes(read::<8>(file)?));
            }
            b"data" => {
                let declared = match long_size {
                    Some(size) if is_long => Some(size).filter(|size| *size != 0),
                    _ => declared_size(size),
                };
                let size = data_size(file, at + 8, len, declared)?;
                let size_to_write = u32::try_from(size.present).unwrap_or(u32::MAX);
                let patches = vec![
                    (0, *b"RIFF"),
                    (4, u32::MAX.to_le_bytes()),
                    (at + 4, size_to_write.to_le_bytes()),
                ];
                return Ok(Some((patches, size)));
            }
            _ => {}
        }
        at += 8 + u64::from(size) + u64::from(size % 2);
    }
    Ok(None)
}

/// The size a header states, unless it is one of the values that stand for "not known yet".
///
/// Source: ffmpeg writes `0xFFFFFFFF` to a pipe, sox `0x7FFFF000` and a little more, others 0.
fn declared_size(size: u32) -> Option<u64> {
    let is_placeholder =
        size == 0 || size >= 0xffff_f000 || (0x7fff_f000..=0x8000_0000).contains(&size);
    (!is_placeholder).then_some(u64::from(size))
}

/// Compares the declared size with what follows the header.
fn data_size(file: &mut File, start: u64, len: u64, declared: Option<u64>) -> io::Result<DataSize> {
    let rest = len.saturating_sub(start);
    let present = match declared {
        Some(size) => size.min(rest),
        None if is_chunk(file, start, rest)? => 0,
        None => rest,
    };
    Ok(DataSize { declared, present })
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
