//! A quantised copy of a checkpoint: its folder, the files copied from the original, and the list
//! of its files with hashes. The engine writes the tensors.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::disk::{need_space, remove, rename, write_whole};
use crate::manifest::{self, CopyError, copy, measure};
use crate::{
    Control, Environment, Error, Event, FileHash, Files, Finding, Health, LocalCheckpoint, OnEvent,
    Origin, Progress,
};

/// Files copied from the original: everything that the engine reads except the tensors, and the
/// licence.
const COPIED_FILES: [&str; 14] = [
    "config.json",
    "processor_config.json",
    "preprocessor_config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
    "chat_template.json",
    "chat_template.jinja",
    "LICENSE",
    "NOTICE",
];

/// The name of the original of a copy: its name in the catalog, or that of its folder.
pub fn original_name(original: &LocalCheckpoint) -> String {
    match &original.files {
        Files::Embedded(_) => original.entry.map(|entry| entry.name.clone()),
        Files::Folder(folder) => folder
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
    }
    .unwrap_or_else(|| original.title.clone())
}

/// A quantised copy that is being made. If dropped before it is [finished](Self::finish), its files
/// are removed.
pub struct UnfinishedCopy {
    folder: PathBuf,
    making: PathBuf,
    lock: Option<File>,
}

/// The file that is locked while a copy is being made.
const LOCK: &str = ".lock";

impl UnfinishedCopy {
    /// Locks and creates the temporary folder for a copy whose final folder must not exist yet.
    ///
    /// Errors: `Exists`, `Locked`, `NoSpace`, `Disk`.
    pub fn begin(
        folder: &Path,
        n_bytes: u64,
        environment: &dyn Environment,
    ) -> Result<Self, Error> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let beside = folder.parent().unwrap_or(Path::new(""));
        let making = beside.join(format!(".{name}.making"));
        if folder.symlink_metadata().is_ok() {
            return Err(Error::Exists {
                path: folder.into(),
            });
        }
        fs::create_dir_all(&making).map_err(|error| Error::disk(&making, &error))?;
        let lock = making.join(LOCK);
        let file = File::create(&lock).map_err(|error| Error::disk(&lock, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Locked { name: name.into() });
            }
            Err(TryLockError::Error(error)) => return Err(Error::disk(&lock, &error)),
        }
        let copy = Self {
            folder: folder.into(),
            making,
            lock: Some(file),
        };
        // Remove files left by a killed process.
        let listing = fs::read_dir(&copy.making).map_err(|e| Error::disk(&copy.making, &e))?;
        for file in listing.flatten().filter(|file| file.file_name() != LOCK) {
            remove(&file.path())?;
        }
        need_space(&copy.making, n_bytes, environment)?;
        Ok(copy)
    }

    /// The folder in which the engine writes its file.
    pub fn temporary_folder(&self) -> &Path {
        &self.making
    }

    /// Copies the other files of the original, writes the list of files, and gives the folder its
    /// final name; `None` when cancelled. `done` of `total` bytes were processed before.
    ///
    /// Errors: `Full`, `Disk`.
    pub fn finish(
        mut self,
        original: &LocalCheckpoint,
        dtype: &str,
        (mut done, total): (u64, u64),
        control: &Control,
        on_event: &OnEvent<'_>,
    ) -> Result<Option<PathBuf>, Error> {
        let mut passed = |n_bytes| {
            done += n_bytes;
            on_event(Event::Progress(Progress::reading(done.min(total), total)));
        };
        for name in COPIED_FILES {
            let to = self.making.join(name);
            match &original.files {
                Files::Folder(folder) if folder.join(name).is_file() => {
                    let from = folder.join(name);
                    fs::copy(&from, &to).map_err(|error| Error::disk(&from, &error))?;
                }
                Files::Embedded(files) => {
                    if let Some((_, bytes)) = files.iter().find(|(other, _)| *other == name) {
                        write_whole(&to, bytes)?;
                    }
                }
                Files::Folder(_) => {}
            }
        }
        let Some(source) = source_of(original, control, &mut passed)? else {
            return Ok(None);
        };
        let Some(files) = hashes(&self.making, &|name| name != LOCK, control, &mut passed)? else {
            return Ok(None);
        };
        let origin = Origin {
            format: 1,
            name: original_name(original),
            dtype: dtype.into(),
            source,
            files,
        };
        let text = serde_json::to_vec_pretty(&origin).expect("strings and numbers become JSON");
        write_whole(&self.making.join(manifest::COPY_NAME), &text)?;
        self.unlock()?;
        rename(&self.making, &self.folder)?;
        Ok(Some(self.folder.clone()))
    }

    /// Some systems do not rename a folder with an open file in it.
    fn unlock(&mut self) -> Result<(), Error> {
        self.lock = None;
        remove(&self.making.join(LOCK))
    }
}

impl Drop for UnfinishedCopy {
    fn drop(&mut self) {
        // An error is ignored; the next copy removes leftover files.
        self.lock = None;
        let _ = fs::remove_dir_all(&self.making);
    }
}

/// Hashes of the original's files that a copy is made from: the copied files and the tensors.
fn source_of(
    original: &LocalCheckpoint,
    control: &Control,
    passed: &mut dyn FnMut(u64),
) -> Result<Option<Vec<FileHash>>, Error> {
    let is_source = |name: &str| {
        COPIED_FILES.contains(&name)
            || name.ends_with(".safetensors")
            || name.ends_with(".safetensors.index.json")
    };
    match &original.files {
        Files::Folder(folder) => hashes(folder, &is_source, control, passed),
        Files::Embedded(files) => {
            let mut all = Vec::new();
            for (name, bytes) in *files {
                match copy(&mut &**bytes, &mut std::io::sink(), control, passed) {
                    Ok((size, sha256)) => all.push(FileHash {
                        name: (*name).into(),
                        size,
                        sha256,
                    }),
                    Err(CopyError::Cancelled) => return Ok(None),
                    Err(CopyError::Reading(error) | CopyError::Writing(error)) => {
                        return Err(Error::disk(Path::new(name), &error));
                    }
                }
            }
            Ok(Some(all))
        }
    }
}

/// Hashes of files in a folder, sorted by name; `None` when cancelled.
fn hashes(
    folder: &Path,
    is_wanted: &dyn Fn(&str) -> bool,
    control: &Control,
    passed: &mut dyn FnMut(u64),
) -> Result<Option<Vec<FileHash>>, Error> {
    let listing = fs::read_dir(folder).map_err(|error| Error::disk(folder, &error))?;
    let mut names: Vec<_> = listing
        .flatten()
        .filter_map(|file| file.file_name().into_string().ok())
        .filter(|name| is_wanted(name) && folder.join(name).is_file())
        .collect();
    names.sort_unstable();
    let mut all = Vec::new();
    for name in names {
        let Some((size, sha256)) = measure(&folder.join(&name), control, passed)? else {
            return Ok(None);
        };
        all.push(FileHash { name, size, sha256 });
    }
    Ok(Some(all))
}

/// Reads every file of a quantised copy and compares it with its hash from when the copy was made;
/// `None` when cancelled.
///
/// Errors: `NoCopy`, `Disk`.
pub fn verify_copy(
    folder: &Path,
    control: &Control,
    on_event: &OnEvent<'_>,
) -> Result<Option<Vec<Finding>>, Error> {
    let origin = Origin::read(folder).ok_or_else(|| Error::NoCopy {
        path: folder.into(),
    })?;
    let total = origin.files.iter().map(|file| file.size).sum();
    let mut done = 0;
    let mut passed = |n_bytes| {
        done += n_bytes;
        on_event(Event::Progress(Progress::reading(done, total)));
    };
    let mut findings = Vec::new();
    for print in &origin.files {
        let path = folder.join(&print.name);
        let health = if path.is_file() {
            match measure(&path, control, &mut passed)? {
                None => return Ok(None),
                Some((size, _)) if size != print.size => {
                    Health::Damaged(format!("{size} bytes instead of {}", print.size))
                }
                Some((_, sha256)) if sha256 != print.sha256 => {
                    Health::Damaged("its SHA-256 is another".into())
                }
                Some(_) => Health::Right,
            }
        } else {
            Health::Missing
        };
        findings.push(Finding {
            file: print.name.clone(),
            health,
            known: None,
        });
    }
    Ok(Some(findings))
}
