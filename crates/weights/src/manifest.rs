//! The manifest of a checkpoint on disk: the list of its files with sizes and hashes. A quantised
//! copy has its own kind of manifest, its [origin](Origin).

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::disk::write_whole;
use crate::{CatalogModel, Control, Edition, Error, Fact, RequestedState};

/// The file that holds the manifest.
pub(crate) const NAME: &str = "manifest.json";

/// The file that says what a quantised copy consists of and was made from.
pub(crate) const COPY_NAME: &str = "quantised.json";

/// The files of a checkpoint on disk.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// Version of this layout.
    pub format: u32,
    /// Name of the checkpoint in the catalog.
    pub name: String,
    /// The repository the files were published in.
    pub repo: String,
    /// The commit they were published under.
    pub revision: String,
    /// The files.
    pub files: Vec<Pin>,
}

/// A file with its pinned size and hash.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// Its name.
    pub name: String,
    /// Units: bytes.
    pub size: u64,
    /// In lower-case hexadecimal.
    pub sha256: String,
    /// Where the hash comes from.
    pub known: Known,
}

/// Where an expected hash comes from.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// The catalog.
    Published,
    /// The first download.
    Learned,
}

impl Manifest {
    /// An empty manifest.
    pub(crate) fn new(entry: &CatalogModel, edition: &Edition) -> Self {
        Self {
            format: 1,
            name: entry.name.clone(),
            repo: edition.repo.clone(),
            revision: edition.revision.clone(),
            files: Vec::new(),
        }
    }

    /// The manifest in a folder; none when it is absent or unreadable.
    pub fn read(folder: &Path) -> Option<Self> {
        Self::parse(&fs::read(folder.join(NAME)).ok()?)
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), Error> {
        write_whole(&folder.join(NAME), &self.to_json())
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("strings and numbers become JSON")
    }

    /// Parses a manifest; `None` if it is invalid.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(text).ok()?;
        (manifest.format == 1).then_some(manifest)
    }

    /// The pin of a file.
    pub fn pin(&self, name: &str) -> Option<&Pin> {
        self.files.iter().find(|pin| pin.name == name)
    }

    /// Adds a pin, or replaces the one of the same name.
    pub(crate) fn set(&mut self, pin: Pin) {
        self.files.retain(|other| other.name != pin.name);
        self.files.push(pin);
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// The expected size and hash of a file: from the catalog, or else from an earlier download.
    pub(crate) fn complete(fact: &Fact, learned: Option<&Self>) -> Fact {
        let pin = learned.and_then(|manifest| manifest.pin(&fact.name));
        Fact {
            name: fact.name.clone(),
            size: fact.size.or(pin.map(|pin| pin.size)),
            sha256: fact.sha256.clone().or(pin.map(|pin| pin.sha256.clone())),
        }
    }
}

impl Pin {
    pub(crate) fn new(edition: &Edition, name: &str, size: u64, sha256: String) -> Self {
        let published = edition.files.iter().find(|file| file.name == name);
        let is_published = published.is_some_and(|file| file.sha256.is_some());
        Self {
            name: name.into(),
            size,
            sha256,
            known: if is_published {
                Known::Published
            } else {
                Known::Learned
            },
        }
    }
}

impl Fact {
    /// Errors: how a content differs from the expected one.
    pub(crate) fn check(&self, size: u64, sha256: &str) -> Result<(), String> {
        if let Some(expected) = self.size.filter(|expected| *expected != size) {
            return Err(format!("{size} bytes instead of {expected}"));
        }
        match &self.sha256 {
            Some(expected) if expected != sha256 => Err("its SHA-256 is another".into()),
            _ => Ok(()),
        }
    }
}

/// What a quantised copy consists of and was made from.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Version of this layout.
    pub format: u32,
    /// Name of the original: its name in the catalog, or that of its folder.
    pub name: String,
    /// How the matrices are stored.
    pub dtype: String,
    /// The files of the original that the copy was made from.
    pub source: Vec<FileHash>,
    /// The files of the copy.
    pub files: Vec<FileHash>,
}

/// A file with its size and hash.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct FileHash {
    /// Its name.
    pub name: String,
    /// Units: bytes.
    pub size: u64,
    /// In lower-case hexadecimal.
    pub sha256: String,
}

impl Origin {
    /// The origin in a folder; `None` if it is not a quantised copy, or one of another version.
    pub fn read(folder: &Path) -> Option<Self> {
        let origin: Self = serde_json::from_slice(&fs::read(folder.join(COPY_NAME)).ok()?).ok()?;
        (origin.format == 1).then_some(origin)
    }
}

/// A SHA-256 in lower-case hexadecimal.
pub(crate) fn hex(sha256: Sha256) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(64);
    for byte in sha256.finalize() {
        write!(text, "{byte:02x}").expect("a string takes everything");
    }
    text
}

/// Why copying stopped.
pub(crate) enum CopyError {
    Cancelled,
    Reading(std::io::Error),
    Writing(std::io::Error),
}

/// Copies everything and returns its size and SHA-256. `passed` is called with each number of
/// bytes.
pub(crate) fn copy(
    from: &mut dyn Read,
    to: &mut dyn Write,
    control: &Control,
    passed: &mut dyn FnMut(u64),
) -> Result<(u64, String), CopyError> {
    let mut block = vec![0; 1 << 18];
    let (mut sha256, mut size) = (Sha256::new(), 0);
    loop {
        if control.wait_while(|state| state == RequestedState::Pause) == RequestedState::Cancel {
            return Err(CopyError::Cancelled);
        }
        let n = match from.read(&mut block) {
            Ok(0) => return Ok((size, hex(sha256))),
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CopyError::Reading(error)),
        };
        to.write_all(&block[..n]).map_err(CopyError::Writing)?;
        sha256.update(&block[..n]);
        size += n as u64;
        passed(n as u64);
    }
}

/// Size and SHA-256 of a file; `None` when cancelled.
pub(crate) fn measure(
    path: &Path,
    control: &Control,
    passed: &mut dyn FnMut(u64),
) -> Result<Option<(u64, String)>, Error> {
    let mut file = File::open(path).map_err(|error| Error::disk(path, &error))?;
    match copy(&mut file, &mut std::io::sink(), control, passed) {
        Ok(measured) => Ok(Some(measured)),
        Err(CopyError::Cancelled) => Ok(None),
        Err(CopyError::Reading(error) | CopyError::Writing(error)) => {
            Err(Error::disk(path, &error))
        }
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::hex;
    use crate::Fact;

    #[test]
    fn a_hash_is_the_published_one() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(Sha256::new_with_prefix("abc")), expected);
    }

    #[test]
    fn a_content_is_right_when_it_is_what_is_known() {
        let check = |size, sha256: Option<&str>, expected: Result<(), &str>| {
            let fact = Fact {
                name: "f".into(),
                size,
                sha256: sha256.map(str::to_owned),
            };
            assert_eq!(fact.check(3, "a"), expected.map_err(str::to_owned));
        };
        check(None, None, Ok(()));
        check(Some(3), Some("a"), Ok(()));
        check(Some(4), None, Err("3 bytes instead of 4"));
        check(Some(3), Some("b"), Err("its SHA-256 is another"));
    }
}
