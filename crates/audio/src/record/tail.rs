//! A tail reads a recording while it is still being made.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::N_HEADER;
use crate::Error;

/// What a [`Recorder`](super::Recorder) writes, read as it comes; the recorder neither waits for it
/// nor knows of it.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    file: File,
    /// Half a sample.
    half: Option<u8>,
}

impl Tail {
    /// Begins at the first sample of a recording that a recorder has begun.
    ///
    /// Errors: `Unreadable`.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let open = || {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(N_HEADER as u64))?;
            Ok(file)
        };
        Ok(Self {
            file: open().map_err(|source| unreadable(path, source))?,
            path: path.to_owned(),
            half: None,
        })
    }

    /// The next samples, at most `n_most`, the channels of a frame side by side; none when there
    /// are no more yet.
    ///
    /// Errors: `Unreadable`.
    pub fn read(&mut self, n_most: usize) -> Result<Vec<f32>, Error> {
        let mut bytes: Vec<u8> = self.half.take().into_iter().collect();
        let n_wanted = (n_most * 2).saturating_sub(bytes.len()) as u64;
        let read = (&mut self.file).take(n_wanted).read_to_end(&mut bytes);
        read.map_err(|source| unreadable(&self.path, source))?;
        if bytes.len() % 2 == 1 {
            self.half = bytes.pop();
        }
        let sample = |pair: &[u8]| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0;
        Ok(bytes.chunks_exact(2).map(sample).collect())
    }
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::Unreadable {
        path: path.to_owned(),
        source,
    }
}
