//! The paths of a checkpoint of the catalog on this computer, complete or partial.

use std::fs;
use std::path::{Path, PathBuf};

use earmark_files::LockGuard;
use sha2::{Digest, Sha256};

use crate::disk::{remove, rename};
use crate::manifest::{self, hex};
use crate::{CatalogModel, Edition, Error, Manifest};

/// The folders and the lock of a checkpoint of the catalog.
pub(crate) struct Paths {
    /// Its folder, once it is complete.
    pub(crate) folder: PathBuf,
    /// Its folder while it is being downloaded; the last step is to rename it.
    pub(crate) coming: PathBuf,
    /// Its folder while it is being imported.
    pub(crate) importing: PathBuf,
    name: String,
    lock: PathBuf,
}

impl Paths {
    /// Errors: [`Error::BuiltIn`].
    pub(crate) fn new(entry: &CatalogModel, home: &Path) -> Result<Self, Error> {
        let name = entry.name.clone();
        if entry.editions.is_empty() {
            return Err(Error::BuiltIn { name });
        }
        Ok(Self {
            folder: home.join(&name),
            coming: home.join(format!(".{name}.coming")),
            importing: home.join(format!(".{name}.taking")),
            lock: home.join(format!(".{name}.lock")),
            name,
        })
    }

    /// Locks the checkpoint, so that one process at a time changes it.
    ///
    /// Errors: [`Error::Locked`], [`Error::Disk`].
    pub(crate) fn lock(&self) -> Result<LockGuard, Error> {
        let home = self.lock.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(home).map_err(|error| Error::disk(home, &error))?;
        let taken = LockGuard::take(&self.lock);
        let taken = taken.map_err(|error| Error::disk(&self.lock, &error))?;
        taken.ok_or_else(|| Error::Locked {
            name: self.name.clone(),
        })
    }

    /// Moves a complete folder into place: by one rename, or file by file if the target exists, the
    /// manifest last. Files that are not in the manifest are removed.
    pub(crate) fn install(&self, from: &Path, manifest: &Manifest) -> Result<(), Error> {
        let listing = fs::read_dir(from).map_err(|e| Error::disk(from, &e))?;
        let mut names: Vec<_> = listing.flatten().map(|file| file.file_name()).collect();
        names.retain(|name| {
            let is_known = |name: &str| name == manifest::NAME || manifest.pin(name).is_some();
            name.to_str().is_some_and(is_known) || remove(&from.join(name)).is_err()
        });
        if !self.folder.exists() {
            return rename(from, &self.folder);
        }
        names.sort_by_key(|name| name == manifest::NAME);
        for name in names {
            rename(&from.join(&name), &self.folder.join(&name))?;
        }
        remove(from)
    }

    /// Removes files of other editions than the installed one.
    pub(crate) fn remove_other_editions(
        &self,
        entry: &CatalogModel,
        manifest: &Manifest,
    ) -> Result<(), Error> {
        let known = entry.editions.iter().flat_map(|edition| &edition.files);
        let mut stale = known.filter(|file| manifest.pin(&file.name).is_none());
        stale.try_for_each(|file| remove(&self.folder.join(&file.name)))
    }
}

/// The edition in a folder, by its manifest or else by its `config.json`.
pub(crate) fn edition_in<'a>(entry: &'a CatalogModel, folder: &Path) -> Option<&'a Edition> {
    if let Some(manifest) = Manifest::read(folder) {
        return entry.edition(&manifest.repo);
    }
    let config = fs::read(folder.join("config.json")).ok()?;
    let sha256 = hex(Sha256::new_with_prefix(config));
    entry
        .editions
        .iter()
        .find(|edition| edition.is_configured(&sha256))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog_model;

    #[test]
    fn one_program_at_a_time_changes_a_checkpoint() {
        let home = tempfile::tempdir().unwrap();
        let place = Paths::new(catalog_model("qwen3-asr-0.6b").unwrap(), home.path()).unwrap();
        let lock = place.lock().unwrap();
        assert!(matches!(place.lock(), Err(Error::Locked { .. })));
        drop(lock);
        assert!(place.lock().is_ok());
    }
}
