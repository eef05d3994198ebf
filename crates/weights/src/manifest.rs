//! A manifest says which files a checkpoint on disk consists of; it lies beside them. A quantised
//! copy has one of its own kind, its [origin](Origin).

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::disk::write_whole;
use crate::{CatalogModel, Control, Edition, Error, Fact, Wish};

/// The file that holds the manifest.
pub(crate) const NAME: &str = "manifest.json";

/// The file that says what a quantised copy consists of and was made from.
pub(crate) const COPY_NAME: &str = "quantised.json";

/// Which files a checkpoint on disk consists of.
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

/// A file with its content pinned.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// Its name.
    pub name: String,
    /// Units: bytes.
    pub size: u64,
    /// In lower-case hexadecimal.
    pub sha256: String,
    /// How it is known that this is the right content.
    pub known: Known,
}

/// How it is known that a content is the right one.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// The catalog says so.
    Published,
    /// It was so when it first came.
    Learned,
}

impl Manifest {
    /// A manifest without files yet.
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

    /// The manifest that a text holds; none when it is not one that can be understood.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(text).ok()?;
        (manifest.format == 1).then_some(manifest)
    }

    /// The pin of a file.
    pub fn pin(&self, name: &str) -> Option<&Pin> {
        self.files.iter().find(|pin| pin.name == name)
    }

    /// Adds a pin or replaces that of the same name.
    pub(crate) fn set(&mut self, pin: Pin) {
        self.files.retain(|other| other.name != pin.name);
        self.files.push(pin);
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// What is known of a file: the catalog's word, or else what was learned.
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
    /// Errors: what differs between a content and what is known.
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
    /// What the original is called: its name in the catalog, or that of its folder.
    pub name: String,
    /// How the matrices are stored.
    pub dtype: String,
    /// The files of the original that the copy was made from.
    pub source: Vec<Print>,
    /// The files of the copy.
    pub files: Vec<Print>,
}

/// A file by its size and hash.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Print {
    /// Its name.
    pub name: String,
    /// Units: bytes.
    pub size: u64,
    /// In lower-case hexadecimal.
    pub sha256: String,
}

impl Origin {
    /// What a folder says of itself; none when it is no quantised copy, or of another version.
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
pub(crate) enum Stop {
    Cancelled,
    Reading(std::io::Error),
    Writing(std::io::Error),
}

/// Copies everything; gives its size and SHA-256. `passed` is told every number of bytes.
pub(crate) fn copy(
    from: &mut dyn Read,
    to: &mut dyn Write,
    control: &Control,
    passed: &mut dyn FnMut(u64),
) -> Result<(u64, String), Stop> {
    let mut block = vec![0; 1 << 18];
    let (mut sha256, mut size) = (Sha256::new(), 0);
    loop {
        if control.wait_while(|wish| wish == Wish::Pause) == Wish::Cancel {
            return Err(Stop::Cancelled);
        }
        let n = match from.read(&mut block) {
            Ok(0) => return Ok((size, hex(sha256))),
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Stop::Reading(error)),
        };
        to.write_all(&block[..n]).map_err(Stop::Writing)?;
        sha256.update(&block[..n]);
        size += n as u64;
        passed(n as u64);
    }
}

/// Size and SHA-256 of a file; none when the control wishes to end.
pub(crate) fn measure(
    path: &Path,
    control: &Control,
    passed: &mut dyn FnMut(u64),
) -> Result<Option<(u64, String)>, Error> {
    let mut file = File::open(path).map_err(|error| Error::disk(path, &error))?;
    match copy(&mut file, &mut std::io::sink(), control, passed) {
        Ok(measured) => Ok(Some(measured)),
        Err(Stop::Cancelled) => Ok(None),
        Err(Stop::Reading(error) | Stop::Writing(error)) => Err(Error::disk(path, &error)),
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
