//! Reads a recording while it is still being written.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::N_HEADER;
use super::header::Header;
use crate::Error;

/// Reads what a [`Recorder`](super::Recorder) has written so far, without any coordination with it.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    file: File,
    n_channels: usize,
    /// Bytes of an incomplete frame.
    part: Vec<u8>,
}

impl Tail {
    /// Opens a recording that is being written, at its first sample.
    ///
    /// Errors: `Unreadable`, also if it was not made by a recorder.
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

    /// Number of channels, at least one.
    pub fn n_channels(&self) -> usize {
        self.n_channels
    }

    /// The next frames, at most `n_most`, interleaved; empty if there are no more yet.
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
