//! The files of a checkpoint: configuration, tokenizer and tensors.

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The files of a checkpoint: a folder, or files compiled into the program.
#[derive(Clone, Debug)]
pub enum Checkpoint {
    /// A folder in the original or the `-hf` layout.
    Folder(PathBuf),
    /// Name and content of each file.
    Embedded(&'static [(&'static str, &'static [u8])]),
}

/// An opened file of a checkpoint.
pub(crate) enum Opened {
    /// On disk.
    File(File),
    /// Compiled into the program.
    Bytes(&'static [u8]),
}

impl Checkpoint {
    /// A checkpoint on disk.
    pub fn folder(path: impl AsRef<Path>) -> Self {
        Self::Folder(path.as_ref().to_path_buf())
    }

    /// The name of a file in messages.
    pub(crate) fn display(&self, name: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(name).display().to_string(),
            Self::Embedded(_) => format!("embedded {name}"),
        }
    }

    /// Whether the file exists.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::Folder(folder) => folder.join(name).is_file(),
            Self::Embedded(files) => files.iter().any(|(other, _)| *other == name),
        }
    }

    /// Size of a file; 0 if it does not exist. Units: bytes.
    pub(crate) fn size(&self, name: &str) -> u64 {
        match self {
            Self::Folder(folder) => folder.join(name).metadata().map_or(0, |file| file.len()),
            Self::Embedded(files) => {
                let file = files.iter().find(|(other, _)| *other == name);
                file.map_or(0, |(_, bytes)| bytes.len() as u64)
            }
        }
    }

    /// Opens a file; `why` completes the message when it is missing.
    pub(crate) fn open(&self, name: &str, why: &str) -> Result<Opened> {
        match self {
            Self::Folder(folder) => {
                if !folder.is_dir() {
                    return Err(Error::NoFolder {
                        path: folder.clone(),
                    });
                }
                File::open(folder.join(name))
                    .map(Opened::File)
                    .map_err(|source| {
                        if source.kind() == std::io::ErrorKind::NotFound {
                            self.missing(name, why)
                        } else {
                            Error::Io {
                                file: self.display(name),
                                source,
                            }
                        }
                    })
            }
            Self::Embedded(files) => files
                .iter()
                .find(|(other, _)| *other == name)
                .map(|(_, bytes)| Opened::Bytes(bytes))
                .ok_or_else(|| self.missing(name, why)),
        }
    }

    /// Reads a small file.
    pub(crate) fn read(&self, name: &str, why: &str) -> Result<Cow<'static, [u8]>> {
        match self.open(name, why)? {
            Opened::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            Opened::File(mut file) => {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut file, &mut bytes).map_err(|source| Error::Io {
                    file: self.display(name),
                    source,
                })?;
                Ok(Cow::Owned(bytes))
            }
        }
    }

    /// Reads a JSON file.
    pub(crate) fn json(&self, name: &str, why: &str) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.read(name, why)?).map_err(|error| Error::Damaged {
            file: self.display(name),
            detail: format!("not valid JSON: {error}"),
        })
    }

    fn missing(&self, name: &str, why: &str) -> Error {
        Error::MissingFile {
            file: self.display(name),
            why: why.to_owned(),
        }
    }
}
