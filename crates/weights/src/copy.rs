//! A quantised copy is a checkpoint converted once, in a folder of its own.
//!
//! This file knows the folder: where it is made, what is taken along from the original, and the
//! list of what it consists of. The tensors are the engine's business.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::disk::{need_space, remove, rename, write_whole};
use crate::manifest::{self, Stop, copy, measure};
use crate::{
    Control, Environment, Error, Event, Files, Finding, Health, Located, Origin, Print, Progress,
    Tell,
};

/// Files of the original that a copy takes along: all that the engine reads but the tensors, and
/// what says under which terms they may be used.
const TAKEN_ALONG: [&str; 14] = [
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

/// What the original of a copy is called: its name in the catalog, or that of its folder.
pub fn original_name(original: &Located) -> String {
    match &original.files {
        Files::Embedded(_) => original.entry.map(|entry| entry.name.clone()),
        Files::Folder(folder) => folder
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
    }
    .unwrap_or_else(|| original.title.clone())
}

/// A quantised copy while it is being made. Dropped before it is [finished](Self::finish), it
/// leaves nothing behind.
pub struct CopyInMaking {
    folder: PathBuf,
    making: PathBuf,
    lock: Option<File>,
}

/// The file that is locked while a copy is being made.
const LOCK: &str = ".lock";

impl CopyInMaking {
    /// Takes the right to make a copy in a folder that is not there yet.
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
        // What a program that was killed has left.
        let listing = fs::read_dir(&copy.making).map_err(|e| Error::disk(&copy.making, &e))?;
        for file in listing.flatten().filter(|file| file.file_name() != LOCK) {
            remove(&file.path())?;
        }
        need_space(&copy.making, n_bytes, environment)?;
        Ok(copy)
    }

    /// Where the engine puts its file, whatever it is called.
    pub fn place(&self) -> &Path {
        &self.making
    }

    /// Takes along what a copy needs beside its tensors, lists everything, and gives the folder its
    /// name; none when it was cancelled. `done` of `total` bytes went before.
    ///
    /// Errors: `Full`, `Disk`.
    pub fn finish(
        mut self,
        original: &Located,
        dtype: &str,
        (mut done, total): (u64, u64),
        control: &Control,
        tell: &Tell<'_>,
    ) -> Result<Option<PathBuf>, Error> {
        let mut passed = |n_bytes| {
            done += n_bytes;
            tell(Event::Progress(Progress::reading(done.min(total), total)));
        };
        for name in TAKEN_ALONG {
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
        let Some(files) = prints(&self.making, &|name| name != LOCK, control, &mut passed)? else {
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

impl Drop for CopyInMaking {
    fn drop(&mut self) {
        // Finished or not, there is nobody to tell, and the next one clears up.
        self.lock = None;
        let _ = fs::remove_dir_all(&self.making);
    }
}

/// The files of the original that a copy is made from: what is taken along, and the tensors.
fn source_of(
    original: &Located,
    control: &Control,
    passed: &mut dyn FnMut(u64),
) -> Result<Option<Vec<Print>>, Error> {
    let is_source = |name: &str| {
        TAKEN_ALONG.contains(&name)
            || name.ends_with(".safetensors")
            || name.ends_with(".safetensors.index.json")
    };
    match &original.files {
        Files::Folder(folder) => prints(folder, &is_source, control, passed),
        Files::Embedded(files) => {
            let mut all = Vec::new();
            for (name, bytes) in *files {
                match copy(&mut &**bytes, &mut std::io::sink(), control, passed) {
                    Ok((size, sha256)) => all.push(Print {
                        name: (*name).into(),
                        size,
                        sha256,
                    }),
                    Err(Stop::Cancelled) => return Ok(None),
                    Err(Stop::Reading(error) | Stop::Writing(error)) => {
                        return Err(Error::disk(Path::new(name), &error));
                    }
                }
            }
            Ok(Some(all))
        }
    }
}

/// The prints of files in a folder, by name; none when it was cancelled.
fn prints(
    folder: &Path,
    is_wanted: &dyn Fn(&str) -> bool,
    control: &Control,
    passed: &mut dyn FnMut(u64),
) -> Result<Option<Vec<Print>>, Error> {
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
        all.push(Print { name, size, sha256 });
    }
    Ok(Some(all))
}

/// Reads every file of a quantised copy and compares it with what it was when it was made; none
/// when it was cancelled.
///
/// Errors: `NoCopy`, `Disk`.
pub fn verify_copy(
    folder: &Path,
    control: &Control,
    tell: &Tell<'_>,
) -> Result<Option<Vec<Finding>>, Error> {
    let origin = Origin::read(folder).ok_or_else(|| Error::NoCopy {
        path: folder.into(),
    })?;
    let total = origin.files.iter().map(|file| file.size).sum();
    let mut done = 0;
    let mut passed = |n_bytes| {
        done += n_bytes;
        tell(Event::Progress(Progress::reading(done, total)));
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
