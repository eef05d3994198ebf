//! This computer as a backend: finds the checkpoints of a model on disk and brings their weights
//! into memory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use earmark_audio::decode::IsCancelled;
use earmark_audio::{Opening, Recording, Source};
use earmark_engine::{Aligner, Recognizer, Settings};
use earmark_pipeline::BoundedAligner;
use earmark_weights::{Files, LocalCheckpoint};

use super::backend::{Backend, FileVersion, Identity, LoadedPair, SharedAligner};
use super::request::ModelKey;
use super::unload_policy::is_short_of_memory;
use crate::checkpoint::checkpoint;
use crate::memory_check::MemoryCheck;
use crate::{AlignerChoice, Code, Failure, Loaded};

/// Endings of the files that a checkpoint is read from; others lie beside them and may change.
const READ: [&str; 3] = ["json", "safetensors", "txt"];

/// Files, checkpoints and memory of this computer.
pub(crate) struct ThisComputer;

impl Backend for ThisComputer {
    fn open(
        &self,
        recording: &Path,
        track: Option<u32>,
        from: u64,
        is_cancelled: &IsCancelled,
    ) -> Result<Box<dyn Source>, Failure> {
        let opening = Opening {
            track,
            from,
            is_cancelled: is_cancelled.clone(),
            ..Opening::default()
        };
        Ok(Box::new(Recording::open_as(recording, &opening)?))
    }

    fn identify(&self, key: &ModelKey) -> Result<Identity, Failure> {
        let (located, its_aligner) = locate(key)?;
        let mut files = Vec::new();
        for checkpoint in [&located].into_iter().chain(&its_aligner) {
            files.extend(versions(checkpoint)?);
        }
        Ok(Identity {
            files,
            settings: key.settings,
        })
    }

    fn load(&self, key: &ModelKey, longest_chunk_s: u32) -> Result<LoadedPair, Failure> {
        let (located, its_aligner) = locate(key)?;
        let both: Vec<&LocalCheckpoint> = [&located].into_iter().chain(&its_aligner).collect();
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
            device: recognizer.model().device(),
            device_note: recognizer.model().device_note().map(str::to_owned),
            memory_note,
            spent: begun.elapsed(),
        };
        Ok(LoadedPair {
            recognizer: Box::new(recognizer),
            aligner: aligner.map(|it| Box::new(it) as Box<dyn SharedAligner>),
            loaded,
            longest_clip_s: located.longest_clip_s,
        })
    }

    fn check(&self, key: &ModelKey, longest_chunk_s: u32) -> Result<(), Failure> {
        let (located, its_aligner) = locate(key)?;
        let both: Vec<&LocalCheckpoint> = [&located].into_iter().chain(&its_aligner).collect();
        let note = MemoryCheck::look().check(&both, key.settings, longest_chunk_s);
        note.map(drop)
    }

    fn fits_beside(&self, key: &ModelKey, longest_chunk_s: u32) -> bool {
        // What is wrong with the files is for loading to say.
        let Ok((located, its_aligner)) = locate(key) else {
            return true;
        };
        let both: Vec<&LocalCheckpoint> = [&located].into_iter().chain(&its_aligner).collect();
        MemoryCheck::look().fits(&both, key.settings, longest_chunk_s)
    }

    fn is_short_of_memory(&self) -> bool {
        is_short_of_memory()
    }
}

/// The checkpoints of a recogniser and its aligner.
fn locate(key: &ModelKey) -> Result<(LocalCheckpoint, Option<LocalCheckpoint>), Failure> {
    let home = earmark_weights::models_folder();
    let located = earmark_weights::find(&key.model, &home)?;
    let its_aligner = match &key.aligner {
        AlignerChoice::Auto => earmark_weights::aligner_for(&located, &home),
        AlignerChoice::Off => None,
        AlignerChoice::Named(name) => Some(earmark_weights::find_aligner(name, &home)?),
    };
    Ok((located, its_aligner))
}

/// The files of a checkpoint as they are on disk now, in the order of their names.
///
/// Errors: its folder cannot be read.
fn versions(checkpoint: &LocalCheckpoint) -> Result<Vec<FileVersion>, Failure> {
    let folder = match &checkpoint.files {
        Files::Embedded(files) => {
            let built_in = |(name, bytes): &(&str, &[u8])| FileVersion {
                path: PathBuf::from(&checkpoint.title).join(name),
                n_bytes: bytes.len() as u64,
                modified: None,
                inode: None,
            };
            return Ok(files.iter().map(built_in).collect());
        }
        Files::Folder(folder) => folder,
    };
    let unreadable = |error: io::Error| {
        let message = format!("cannot read `{}`: {error}", folder.display());
        Failure::new(Code::ModelMissing, message)
    };
    let mut versions = Vec::new();
    for file in fs::read_dir(folder).map_err(unreadable)? {
        let path = file.map_err(unreadable)?.path();
        let ending = path.extension().and_then(|it| it.to_str());
        // A file that goes at this moment is missed when the model is loaded.
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        if metadata.is_file() && ending.is_some_and(|it| READ.contains(&it)) {
            versions.push(FileVersion {
                path,
                n_bytes: metadata.len(),
                modified: metadata.modified().ok(),
                inode: inode(&metadata),
            });
        }
    }
    versions.sort_unstable();
    Ok(versions)
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn inode(metadata: &fs::Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::ino(metadata))
}

#[cfg(not(unix))]
fn inode(_metadata: &fs::Metadata) -> Option<u64> {
    None
}

/// Loads an aligner with what the catalog knows of it.
fn bounded_aligner(
    located: &LocalCheckpoint,
    settings: Settings,
) -> Result<BoundedAligner, Failure> {
    let aligner = Aligner::load(&checkpoint(located), &settings)?;
    let languages = located.entry.map(|entry| entry.languages.clone());
    Ok(BoundedAligner::new(
        aligner,
        languages,
        located.longest_clip_s,
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use earmark_engine::Settings;
    use earmark_weights::{DEMO, demo, demo_aligner};

    use super::{Backend as _, ThisComputer};
    use crate::AlignerChoice;
    use crate::Code;
    use crate::model_cache::request::ModelKey;

    fn key(model: &Path, aligner: AlignerChoice) -> ModelKey {
        ModelKey {
            model: model.to_str().unwrap().into(),
            aligner,
            settings: Settings::default(),
        }
    }

    fn write(folder: &Path, files: &[(&str, &[u8])]) {
        fs::create_dir_all(folder).unwrap();
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).unwrap();
        }
    }

    #[test]
    fn a_model_is_another_one_once_its_files_are_replaced_or_gone() {
        let home = tempfile::tempdir().unwrap();
        let (model, aligner) = (home.path().join("model"), home.path().join("aligner"));
        write(&model, demo());
        write(&aligner, demo_aligner());
        let named = AlignerChoice::Named(aligner.to_str().unwrap().into());
        let key = key(&model, named);
        let identify = || ThisComputer.identify(&key);
        let first = identify().unwrap();
        assert_eq!(identify().unwrap(), first);
        fs::write(model.join("notes.md"), "what lies beside it").unwrap();
        assert_eq!(identify().unwrap(), first);
        // A file of the same length in the place of another.
        for folder in [&model, &aligner] {
            let before = identify().unwrap();
            let file = folder.join("config.json");
            let copy = folder.join("copy");
            fs::copy(&file, &copy).unwrap();
            fs::rename(&copy, &file).unwrap();
            assert_ne!(identify().unwrap(), before, "{}", folder.display());
        }
        fs::remove_dir_all(&model).unwrap();
        assert_eq!(identify().unwrap_err().code, Code::ModelMissing);
    }

    #[test]
    fn a_model_is_the_same_whatever_it_is_called() {
        let auto = key(Path::new(DEMO), AlignerChoice::Auto);
        let identify = |key: &ModelKey| ThisComputer.identify(key).unwrap();
        let named = ModelKey {
            aligner: AlignerChoice::Named(earmark_weights::DEMO_ALIGNER.into()),
            ..auto.clone()
        };
        assert_eq!(identify(&named), identify(&auto));
        let off = ModelKey {
            aligner: AlignerChoice::Off,
            ..auto.clone()
        };
        assert_ne!(identify(&off), identify(&auto));
    }
}
