//! Import of a checkpoint from a folder or an archive.
//!
//! Only files of the catalog are copied, and each is verified; the checkpoint gets its final name
//! when all of them match.

mod source;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::disk::{need_space, remove};
use crate::manifest::{self, CopyError, Pin, copy, hex};
use crate::paths::Paths;
use crate::{
    CatalogModel, Control, Edition, Environment, Error, Event, Fact, Manifest, OnEvent, Outcome,
    Progress, ThisComputer, catalog,
};

use source::Source;

/// An import of a checkpoint: set the fields, then [`run`](Self::run) it.
#[derive(Clone)]
pub struct Import<'a> {
    /// A folder or a zip archive with the files, or with one folder that contains them.
    pub source: &'a Path,
    /// Name of the checkpoint, if its files do not contain it.
    pub name: Option<&'a str>,
    /// The folder of checkpoints.
    pub home: &'a Path,
    /// The checkpoints it can be.
    pub catalog: &'a [CatalogModel],
    /// Free space.
    pub environment: Arc<dyn Environment>,
}

impl<'a> Import<'a> {
    /// An import of a checkpoint of the catalog.
    pub fn new(source: &'a Path, home: &'a Path) -> Self {
        Self {
            source,
            name: None,
            home,
            catalog: catalog(),
            environment: Arc::new(ThisComputer),
        }
    }

    /// Imports the checkpoint. An installed one is replaced only if all files match.
    ///
    /// Errors: `NotAModel`, `Import`, `Locked`, `NoSpace`, `Full`, `Disk`.
    pub fn run(&self, control: &Control, on_event: &OnEvent<'_>) -> Result<Outcome, Error> {
        let mut files = Source::open(self.source)?;
        let (entry, edition, manifest) = self.identify(&mut files)?;
        let place = Paths::new(entry, self.home)?;
        let _lock = place.lock()?;
        remove(&place.importing)?;
        fs::create_dir_all(&place.importing)
            .map_err(|error| Error::disk(&place.importing, &error))?;
        let mut copier = FileCopier {
            files: &mut files,
            source: self.source,
            into: &place.importing,
            learned: manifest.as_ref(),
        };
        match copier.all(entry, edition, self.environment.as_ref(), control, on_event) {
            Ok(Some(manifest)) => {
                place.install(&place.importing, &manifest)?;
                place.remove_other_editions(entry, &manifest)?;
                remove(&place.coming)?;
                Ok(Outcome::Done(place.folder))
            }
            other => {
                remove(&place.importing)?;
                other.map(|_| Outcome::Cancelled)
            }
        }
    }

    /// Identifies the checkpoint: by the given name, its manifest, its `config.json`, or the name
    /// of the folder or archive.
    fn identify(
        &self,
        files: &mut Source,
    ) -> Result<(&'a CatalogModel, &'a Edition, Option<Manifest>), Error> {
        let manifest = files
            .small(manifest::NAME)?
            .and_then(|text| Manifest::parse(&text));
        let config = files.small("config.json")?.unwrap_or_default();
        let sha256 = hex(Sha256::new_with_prefix(config));
        let published = || {
            self.catalog
                .iter()
                .filter(|entry| !entry.editions.is_empty())
        };
        let configured = |entry: &'a CatalogModel| {
            let mut editions = entry.editions.iter();
            editions.find(|edition| edition.is_configured(&sha256))
        };
        let named = |name: &str| published().find(|entry| entry.is(name));
        let called = |part: Option<&OsStr>| part.and_then(OsStr::to_str).and_then(named);
        let entry = match self.name {
            Some(name) => named(name),
            None => (manifest.as_ref().and_then(|manifest| named(&manifest.name)))
                .or_else(|| published().find(|entry| configured(entry).is_some()))
                .or_else(|| called(self.source.file_name()))
                .or_else(|| called(self.source.file_stem())),
        };
        let refused = |detail: String| Error::Import {
            path: self.source.into(),
            detail,
        };
        let entry = entry.ok_or_else(|| {
            let known: Vec<_> = published().map(|entry| entry.name.as_str()).collect();
            let known = known.join(", ");
            Error::NotAModel {
                path: self.source.into(),
                detail: format!("it does not say which model it is; name one of: {known}"),
            }
        })?;
        let is_missing = |file: &&Fact| file.is_needed() && !files.has(&file.name);
        let has_all = |edition: &&Edition| !edition.files.iter().any(|file| is_missing(&file));
        let stated = manifest
            .as_ref()
            .and_then(|manifest| entry.edition(&manifest.repo));
        let edition = stated
            .or_else(|| configured(entry))
            .or_else(|| entry.editions.iter().find(has_all))
            .ok_or_else(|| {
                let first = &entry.editions[0];
                let missing = first.files.iter().filter(is_missing);
                let missing: Vec<_> = missing.map(|file| file.name.as_str()).collect();
                let missing = missing.join(", ");
                refused(format!(
                    "these files of {} are missing: {missing}",
                    first.repo
                ))
            })?;
        Ok((
            entry,
            edition,
            manifest.filter(|manifest| manifest.repo == edition.repo),
        ))
    }
}

/// Copies the files of an import.
struct FileCopier<'a> {
    files: &'a mut Source,
    source: &'a Path,
    into: &'a Path,
    /// The manifest in the source, if any.
    learned: Option<&'a Manifest>,
}

impl FileCopier<'_> {
    /// Copies and verifies all files and returns their manifest; `None` when cancelled.
    fn all(
        &mut self,
        entry: &CatalogModel,
        edition: &Edition,
        environment: &dyn Environment,
        control: &Control,
        on_event: &OnEvent<'_>,
    ) -> Result<Option<Manifest>, Error> {
        let refused = |detail: String| Error::Import {
            path: self.source.into(),
            detail,
        };
        let sizes = edition
            .files
            .iter()
            .filter_map(|file| self.files.size(&file.name));
        let (total, mut done) = (sizes.sum(), 0);
        need_space(self.into, total, environment)?;
        let mut manifest = Manifest::new(entry, edition);
        for published in &edition.files {
            let fact = Manifest::complete(published, self.learned);
            let name = &fact.name;
            let Some(size) = self.files.size(name) else {
                if fact.is_needed() {
                    return Err(refused(format!(
                        "`{name}` is missing; add it and try again"
                    )));
                }
                continue;
            };
            let wrong = |detail| {
                let repo = &edition.repo;
                refused(format!(
                    "`{name}` differs from the file of {repo} ({detail}); download it again"
                ))
            };
            if let Some(expected) = fact.size.filter(|expected| *expected != size) {
                return Err(wrong(format!("{size} bytes instead of {expected}")));
            }
            let path = self.into.join(name);
            let mut to = File::create(&path).map_err(|error| Error::disk(&path, &error))?;
            let mut passed = |n_bytes| {
                done += n_bytes;
                on_event(Event::Progress(Progress::reading(done, total)));
            };
            let mut from = self.files.read(name)?;
            let (size, sha256) = match copy(&mut from, &mut to, control, &mut passed) {
                Ok(measured) => measured,
                Err(CopyError::Cancelled) => return Ok(None),
                Err(CopyError::Reading(error)) => {
                    return Err(refused(format!("`{name}` cannot be read: {error}")));
                }
                Err(CopyError::Writing(error)) => return Err(Error::disk(&path, &error)),
            };
            drop(from);
            fact.check(size, &sha256).map_err(wrong)?;
            to.sync_all().map_err(|error| Error::disk(&path, &error))?;
            manifest.set(Pin::new(edition, name, size, sha256));
            on_event(Event::File(name.clone()));
        }
        manifest.write(self.into)?;
        Ok(Some(manifest))
    }
}
