//! A tail reads a recording while it is still being made.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::N_HEADER;
use super::header::Header;
use crate::Error;

/// What a [`Recorder`](super::Recorder) writes, read as it comes; the recorder neither waits for it
/// nor knows of it.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    file: File,
    n_channels: usize,
    /// A part of a frame.
    part: Vec<u8>,
}

impl Tail {
    /// Begins at the first sample of a recording that a recorder has begun.
    ///
    /// Errors: `Unreadable`, also when it is none of a recorder's files.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let open = || {
            let mut file = File::open(path)?;
            let mut header = [0; N_HEADER];
            file.read_exact(&mut header)?;
            let header = Header::parse(&header, 0).ok_or(io::ErrorKind::InvalidData)?;
            Ok((file, header.n_channels))
        };
        let (file, n_channels) = open().map_err(|source| unreadable(path, source))?;
        Ok(Self {
            file,
            n_channels: n_channels.into(),
            path: path.to_owned(),
            part: Vec::new(),
        })
    }

    /// How many channels there are, at least one.
    pub fn n_channels(&self) -> usize {
        self.n_channels
    }

    /// The next frames, at most `n_most`, the channels of each side by side; none when there are
    /// no more yet.
    ///
    /// Errors: `Unreadable`.
    pub fn read(&mut self, n_most: usize) -> Result<Vec<f32>, Error> {
        let n_frame = self.n_channels * 2;
        let mut bytes = std::mem::take(&mut self.part);
        let n_wanted = (n_most * n_frame).saturating_sub(bytes.len()) as u64;
        let read = (&mut self.file).take(n_wanted).read_to_end(&mut bytes);
        read.map_err(|source| unreadable(&self.path, source))?;
        self.part = bytes.split_off(bytes.len() - bytes.len() % n_frame);
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
