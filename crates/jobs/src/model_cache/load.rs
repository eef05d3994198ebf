//! Loading finds the checkpoints of a model on this computer and brings their weights into memory.

use std::path::Path;
use std::time::Instant;

use earmark_audio::{Recording, Source};
use earmark_engine::{Aligner, Checkpoint, Recognizer, Settings};
use earmark_pipeline::live::Follow;
use earmark_pipeline::{Align, BoundedAligner, Recognize};
use earmark_weights::{Files, Located};

use super::unload_policy::is_short_of_memory;
use super::{Backend, ModelKey};
use crate::memory_check::MemoryCheck;
use crate::{AlignerChoice, Failure, Loaded};

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
pub(crate) struct LoadedModel {
    pub(crate) recognizer: Box<dyn SharedRecognizer>,
    pub(crate) aligner: Option<Box<dyn SharedAligner>>,
    pub(crate) loaded: Loaded,
    /// Units: seconds.
    pub(crate) longest_clip_s: u32,
}

impl LoadedModel {
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

/// Files, checkpoints and memory of this computer.
pub(crate) struct ThisComputer;

impl Backend for ThisComputer {
    fn open(&self, recording: &Path, from: u64) -> Result<Box<dyn Source>, Failure> {
        Ok(Box::new(Recording::open_from(recording, from)?))
    }

    fn load(&self, key: &ModelKey, longest_chunk_s: u32) -> Result<LoadedModel, Failure> {
        let (located, its_aligner) = locate(key)?;
        let both: Vec<&Located> = [&located].into_iter().chain(&its_aligner).collect();
        let memory_note = MemoryCheck::look().check(&both, key.settings, longest_chunk_s)?;
        let begun = Instant::now();
        let recognizer = Recognizer::load(&checkpoint(&located), &key.settings)?;
        let aligner = its_aligner
            .as_ref()
            .map(|located| bounded_aligner(located, key.settings))
            .transpose()?;
        let loaded = Loaded {
            is_demo: located.is_demo(),
            title: located.title,
            aligner: its_aligner.map(|located| located.title),
            device: recognizer.device(),
            device_note: recognizer.device_note().map(str::to_owned),
            memory_note,
            spent: begun.elapsed(),
        };
        Ok(LoadedModel {
            recognizer: Box::new(recognizer),
            aligner: aligner.map(|it| Box::new(it) as Box<dyn SharedAligner>),
            loaded,
            longest_clip_s: located.longest_clip_s,
        })
    }

    fn check(&self, key: &ModelKey, longest_chunk_s: u32) -> Result<(), Failure> {
        let (located, its_aligner) = locate(key)?;
        let both: Vec<&Located> = [&located].into_iter().chain(&its_aligner).collect();
        let note = MemoryCheck::look().check(&both, key.settings, longest_chunk_s);
        note.map(drop)
    }

    fn fits_beside(&self, key: &ModelKey, longest_chunk_s: u32) -> bool {
        // What is wrong with the files is for loading to say.
        let Ok((located, its_aligner)) = locate(key) else {
            return true;
        };
        let both: Vec<&Located> = [&located].into_iter().chain(&its_aligner).collect();
        MemoryCheck::look().fits(&both, key.settings, longest_chunk_s)
    }

    fn is_short_of_memory(&self) -> bool {
        is_short_of_memory()
    }
}

/// The checkpoints of a recogniser and its aligner.
fn locate(key: &ModelKey) -> Result<(Located, Option<Located>), Failure> {
    let home = earmark_weights::home();
    let located = earmark_weights::find(&key.model, &home)?;
    let its_aligner = match &key.aligner {
        AlignerChoice::Auto => earmark_weights::aligner_for(&located, &home),
        AlignerChoice::Off => None,
        AlignerChoice::Named(name) => Some(earmark_weights::find_aligner(name, &home)?),
    };
    Ok((located, its_aligner))
}

/// Loads an aligner with what the catalog knows of it.
fn bounded_aligner(located: &Located, settings: Settings) -> Result<BoundedAligner, Failure> {
    let aligner = Aligner::load(&checkpoint(located), &settings)?;
    let languages = located.entry.map(|entry| entry.languages.clone());
    Ok(BoundedAligner::new(
        aligner,
        languages,
        located.longest_clip_s,
    ))
}

/// The files of a located checkpoint, as the engine takes them.
pub(crate) fn checkpoint(located: &Located) -> Checkpoint {
    match &located.files {
        Files::Folder(path) => Checkpoint::Folder(path.clone()),
        Files::Embedded(files) => Checkpoint::Embedded(files),
    }
}
