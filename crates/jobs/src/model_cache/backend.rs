//! A backend opens recordings and loads models: those of this computer, or scripted ones in tests.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use earmark_audio::Source;
use earmark_audio::decode::IsCancelled;
use earmark_engine::Settings;
use earmark_pipeline::live::Follow;
use earmark_pipeline::{Align, Recognize};

use super::request::ModelKey;
use crate::{Failure, Loaded};

/// Recordings, checkpoints and memory.
pub(crate) trait Backend: Send + Sync {
    /// Opens an audio track of a recording, or the default one; the source begins with the sample
    /// `from`. Once `is_cancelled`, it is at its end.
    fn open(
        &self,
        recording: &Path,
        track: Option<u32>,
        from: u64,
        is_cancelled: &IsCancelled,
    ) -> Result<Box<dyn Source>, Failure>;
    /// Which files a key means at this moment.
    ///
    /// Errors: there is no such model, or no longer.
    fn identify(&self, key: &ModelKey) -> Result<Identity, Failure>;
    /// Loads a model for chunks of up to `longest_chunk_s` seconds.
    fn load(&self, key: &ModelKey, longest_chunk_s: u32) -> Result<LoadedPair, Failure>;
    /// Whether a loaded model can take longer chunks than it was loaded for.
    ///
    /// Errors: this computer has too little memory for that.
    fn check(&self, _key: &ModelKey, _longest_chunk_s: u32) -> Result<(), Failure> {
        Ok(())
    }
    /// Whether the memory that is free now has room for a model.
    fn fits_beside(&self, _key: &ModelKey, _longest_chunk_s: u32) -> bool {
        false
    }
    /// Whether the computer is short of memory.
    fn is_short_of_memory(&self) -> bool {
        false
    }
}

/// What is loaded or would be: which files, in which state, and how they are loaded. Leases of
/// equal identities share one loaded model, whatever their users call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) files: Vec<FileVersion>,
    pub(crate) settings: Settings,
}

/// A file, and what tells it from one that takes its place later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileVersion {
    pub(crate) path: PathBuf,
    pub(crate) n_bytes: u64,
    pub(crate) modified: Option<SystemTime>,
    /// Number of the file on its disk, where the system has one.
    pub(crate) inode: Option<u64>,
}

/// A recogniser for files and for live text. Handles share one set of weights.
pub(crate) trait SharedRecognizer: Recognize + Follow + Send {
    /// Another handle of the same weights.
    fn handle(&self) -> Box<dyn SharedRecognizer>;
}

impl<T: Recognize + Follow + Clone + Send + 'static> SharedRecognizer for T {
    fn handle(&self) -> Box<dyn SharedRecognizer> {
        Box::new(self.clone())
    }
}

/// An aligner. Handles share one set of weights.
pub(crate) trait SharedAligner: Align + Send {
    /// Another handle of the same weights.
    fn handle(&self) -> Box<dyn SharedAligner>;
}

impl<T: Align + Clone + Send + 'static> SharedAligner for T {
    fn handle(&self) -> Box<dyn SharedAligner> {
        Box::new(self.clone())
    }
}

/// A recogniser in memory, and the aligner that goes with it.
pub(crate) struct LoadedPair {
    pub(crate) recognizer: Box<dyn SharedRecognizer>,
    pub(crate) aligner: Option<Box<dyn SharedAligner>>,
    pub(crate) loaded: Loaded,
    /// Units: seconds.
    pub(crate) longest_clip_s: u32,
}

impl LoadedPair {
    /// Other handles of the same weights.
    pub(super) fn handle(&self) -> Self {
        Self {
            recognizer: self.recognizer.handle(),
            aligner: self.aligner.as_ref().map(|it| it.handle()),
            loaded: self.loaded.clone(),
            longest_clip_s: self.longest_clip_s,
        }
    }
}
