//! A recorder whose file is readable at any time, also after a crash.
//!
//! The file is a WAV of 16-bit samples. While it grows, the length in its header is unknown
//! (`0xFFFF_FFFF`, as in recordings written to a pipe); players then read to the end of the file.
//! [`Recorder::finish`] fills in the lengths. Wherever a crash happens, the file is readable:
//!
//! - every [`Recorder::write`] passes its samples to the system before it returns, so a killed
//!   process loses only what it had not written yet;
//! - every [`SYNC_EVERY_S`] seconds they are synced to disk (`fdatasync`), so a power cut loses at
//!   most that much and the disk's own cache;
//! - a full or lost disk ends the recording and keeps what was written before;
//! - [`Tail`] reads the file while it grows, so that samples need not be kept in memory;
//! - [`repair`] fills in the lengths after a crash and removes an incomplete frame.

mod header;
mod tail;

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use earmark_transcript::Ms;

use self::header::{Header, N_BYTES as N_HEADER};
pub use self::tail::Tail;
use crate::Error;

/// Seconds of audio between two syncs to disk.
pub const SYNC_EVERY_S: u64 = 2;

/// A recording that is being made.
pub struct Recorder {
    path: PathBuf,
    storage: Box<dyn Storage>,
    header: Header,
    /// Bytes of audio written.
    n_bytes: u64,
    /// The same at the last sync.
    n_synced: u64,
    /// Whether writing failed; then nothing more is written.
    is_stopped: bool,
    bytes: Vec<u8>,
}

/// A finished recording on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its path.
    pub path: PathBuf,
    /// Its duration.
    pub duration: Ms,
}

/// What a recorder writes to: a file, or a failing disk in tests.
trait Storage: Write + Seek + Send {
    /// Syncs everything to disk.
    fn sync(&mut self) -> io::Result<()>;

    /// Truncates the file to `n_bytes`.
    fn cut(&mut self, n_bytes: u64) -> io::Result<()>;
}

impl Recorder {
    /// Begins a recording in a new file.
    ///
    /// Errors: `Unwritable`, also if the file exists, because it may be a recording.
    pub fn create(path: &Path, rate_hz: u32, n_channels: u16) -> Result<Self, Error> {
        let begin = || {
            let file = File::create_new(path)?;
            let recorder = Self::begin(path, Box::new(file), rate_hz, n_channels)?;
            sync_folder_of(path)?;
            Ok(recorder)
        };
        begin().map_err(|source| Error::Unwritable {
            path: path.to_owned(),
            source,
        })
    }

    fn begin(
        path: &Path,
        mut storage: Box<dyn Storage>,
        rate_hz: u32,
        n_channels: u16,
    ) -> io::Result<Self> {
        let header = Header {
            rate_hz,
            n_channels,
        };
        storage.write_all(&header.bytes(None))?;
        storage.sync()?;
        Ok(Self {
            path: path.to_owned(),
            storage,
            header,
            n_bytes: 0,
            n_synced: 0,
            is_stopped: false,
            bytes: Vec::new(),
        })
    }

    /// Writes interleaved samples; values beyond -1..=1 are clipped.
    ///
    /// Errors: `Stopped`, if the disk is full or lost; everything before is kept and intact, and
    /// every later call fails in the same way.
    pub fn write(&mut self, samples: &[f32]) -> Result<(), Error> {
        if self.is_stopped {
            return Err(self.stopped(io::Error::other("it has stopped before")));
        }
        self.bytes.clear();
        let samples = samples.iter().map(|s| (s * 32_767.0).round() as i16);
        self.bytes.extend(samples.flat_map(i16::to_le_bytes));
        self.append().map_err(|error| {
            self.is_stopped = true;
            // The first error is reported, not one of finishing the file; `repair` can do that
            // later.
            let _ = self.close();
            self.stopped(error)
        })
    }

    /// Duration so far.
    pub fn duration(&self) -> Ms {
        self.header.duration(self.n_bytes)
    }

    /// Ends the recording.
    ///
    /// Errors: `Stopped`; everything is kept then too, and [`repair`] may still succeed.
    pub fn finish(mut self) -> Result<Recorded, Error> {
        if !self.is_stopped {
            self.close().map_err(|error| self.stopped(error))?;
        }
        Ok(Recorded {
            duration: self.duration(),
            path: self.path,
        })
    }

    /// Writes `bytes`, as much as possible.
    fn append(&mut self) -> io::Result<()> {
        let room = self.header.n_bytes_most() - self.n_bytes;
        if self.bytes.len() as u64 > room {
            return Err(io::Error::other("a WAV file cannot be longer than 4 GB"));
        }
        let mut rest = &self.bytes[..];
        while !rest.is_empty() {
            let n = match self.storage.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            rest = &rest[n..];
            self.n_bytes += n as u64;
        }
        if self.n_bytes - self.n_synced >= SYNC_EVERY_S * self.header.n_bytes_per_s() {
            self.n_synced = self.n_bytes;
            self.storage.sync()?;
        }
        Ok(())
    }

    /// Removes an incomplete frame and fills in the lengths.
    fn close(&mut self) -> io::Result<()> {
        self.n_bytes = close(&mut *self.storage, self.header, self.n_bytes)?;
        Ok(())
    }

    fn stopped(&self, source: io::Error) -> Error {
        Error::Stopped {
            path: self.path.clone(),
            kept: self.duration(),
            source,
        }
    }
}

/// Repairs a recording after a crash; an intact one is not changed.
///
/// Errors: `Unreadable`; `ZeroLength` if the crash came before the first sample; `Damaged` if the
/// file was not made by a [`Recorder`].
pub fn repair(path: &Path) -> Result<Recorded, Error> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let options = OpenOptions::new().read(true).write(true).open(path);
    let mut file = options.map_err(unreadable)?;
    let n_bytes = file.metadata().map_err(unreadable)?.len();
    if n_bytes < N_HEADER as u64 {
        return Err(Error::ZeroLength {
            path: path.to_owned(),
        });
    }
    let mut bytes = [0; N_HEADER];
    file.read_exact(&mut bytes).map_err(unreadable)?;
    let n_bytes = n_bytes - N_HEADER as u64;
    let Some(header) = Header::parse(&bytes, n_bytes) else {
        return Err(Error::Damaged {
            path: path.to_owned(),
            message: "it is not a recording made by Earmark".into(),
        });
    };
    let n_bytes = n_bytes.min(header.n_bytes_most());
    let n_whole = header.n_whole(n_bytes);
    if n_whole == 0 {
        return Err(Error::ZeroLength {
            path: path.to_owned(),
        });
    }
    if bytes != header.bytes(Some(n_whole)) || n_whole != n_bytes {
        close(&mut file, header, n_bytes).map_err(unreadable)?;
    }
    Ok(Recorded {
        path: path.to_owned(),
        duration: header.duration(n_whole),
    })
}

/// Removes an incomplete frame, fills in the lengths and returns the number of bytes of audio.
///
/// The lengths are written from the low byte up, over bytes of `0xFF`: until the last byte is
/// written, they are too large, and a reader stops at the end of the file.
fn close(storage: &mut dyn Storage, header: Header, n_bytes: u64) -> io::Result<u64> {
    let n_whole = header.n_whole(n_bytes);
    storage.cut(N_HEADER as u64 + n_whole)?;
    storage.seek(SeekFrom::Start(0))?;
    storage.write_all(&header.bytes(Some(n_whole)))?;
    storage.seek(SeekFrom::End(0))?;
    storage.sync()?;
    Ok(n_whole)
}

/// Syncs the directory entry of a new file, if the system supports that.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

impl Storage for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, n_bytes: u64) -> io::Result<()> {
        self.set_len(n_bytes)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("path", &self.path)
            .field("duration", &self.duration())
            .field("is_stopped", &self.is_stopped)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
