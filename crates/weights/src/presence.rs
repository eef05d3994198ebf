//! Whether a checkpoint is on this computer; verifying and removing it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::disk::remove as remove_path;
use crate::download::came;
use crate::find::downloaded;
use crate::manifest::measure;
use crate::paths::{Paths, edition_in};
use crate::{CatalogModel, Control, Error, Event, Known, Manifest, OnEvent, Progress, speed};

/// Whether a checkpoint is on this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is compiled into the program.
    BuiltIn,
    /// It is installed in this folder; [`verify`] checks its files.
    Installed {
        /// Its folder.
        folder: PathBuf,
        /// Its size. Units: bytes.
        size: u64,
    },
    /// A download is unfinished; the next one resumes it.
    Partial {
        /// Bytes downloaded.
        done: u64,
        /// Bytes in total, as far as known.
        total: u64,
    },
    /// It is not on this computer.
    Absent,
}

/// Whether a checkpoint of the catalog is on this computer.
pub fn presence(entry: &CatalogModel, home: &Path) -> Presence {
    let Ok(place) = Paths::new(entry, home) else {
        return Presence::BuiltIn;
    };
    if let Ok(folder) = downloaded(entry, home) {
        let files = fs::read_dir(&folder).into_iter().flatten().flatten();
        let sizes = files.filter_map(|file| file.metadata().ok().map(|file| file.len()));
        let size = sizes.sum();
        return Presence::Installed { folder, size };
    }
    let edition = edition_in(entry, &place.coming).or(entry.editions.first());
    match edition {
        Some(edition) if place.coming.is_dir() => Presence::Partial {
            done: edition
                .files
                .iter()
                .map(|file| came(&place.coming, file))
                .sum(),
            total: edition.size(),
        },
        _ => Presence::Absent,
    }
}

/// The result of verifying one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its name.
    pub file: String,
    /// Whether it is intact.
    pub health: Health,
    /// Where the expected hash comes from; `None` if there is none.
    pub known: Option<Known>,
}

/// The state of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Intact, as far as can be checked.
    Right,
    /// It does not exist.
    Missing,
    /// Its content differs; the text says how.
    Damaged(String),
}

/// Reads every file of a checkpoint and compares it with the catalog and the manifest; `None` when
/// cancelled. A missing file that the engine does not read is skipped.
///
/// Errors: `BuiltIn`, `NotDownloaded`, `Disk`.
pub fn verify(
    entry: &CatalogModel,
    home: &Path,
    control: &Control,
    on_event: &OnEvent<'_>,
) -> Result<Option<Vec<Finding>>, Error> {
    let place = Paths::new(entry, home)?;
    let folder = downloaded(entry, home)?;
    let manifest = Manifest::read(&folder);
    let edition = edition_in(entry, &folder).or(entry.editions.first());
    let edition = edition.ok_or_else(|| Error::BuiltIn {
        name: entry.name.clone(),
    })?;
    let size = |name: &str| {
        fs::metadata(place.folder.join(name))
            .ok()
            .map(|file| file.len())
    };
    let total = edition
        .files
        .iter()
        .filter_map(|file| size(&file.name))
        .sum();
    let (mut findings, mut done) = (Vec::new(), 0);
    for published in &edition.files {
        let fact = Manifest::complete(published, manifest.as_ref());
        let pin = manifest
            .as_ref()
            .and_then(|manifest| manifest.pin(&fact.name));
        let known = match published.sha256 {
            Some(_) => Some(Known::Published),
            None => pin.map(|pin| pin.known),
        };
        let health = if size(&fact.name).is_none() {
            if pin.is_none() && !fact.is_needed() {
                continue;
            }
            Health::Missing
        } else {
            let mut passed = |n_bytes| {
                done += n_bytes;
                on_event(Event::Progress(Progress::reading(done, total)));
            };
            match measure(&folder.join(&fact.name), control, &mut passed)? {
                None => return Ok(None),
                Some((size, sha256)) => fact
                    .check(size, &sha256)
                    .map_or_else(Health::Damaged, |()| Health::Right),
            }
        };
        findings.push(Finding {
            file: fact.name,
            health,
            known,
        });
    }
    Ok(Some(findings))
}

/// Removes a checkpoint and its partial download.
///
/// Errors: `BuiltIn`, `Locked`, `Disk`; after the last, some files may remain.
pub fn remove(entry: &CatalogModel, home: &Path) -> Result<(), Error> {
    let place = Paths::new(entry, home)?;
    let _lock = place.lock()?;
    // `config.json` goes first, so that nobody loads a folder that is being removed.
    remove_path(&place.folder.join("config.json"))?;
    remove_path(&place.folder)?;
    remove_path(&place.importing)?;
    remove_path(&place.coming)?;
    speed::forget(&entry.name, home)
}
