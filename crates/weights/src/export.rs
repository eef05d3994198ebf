//! Export of a checkpoint as one zip archive, for computers without a network.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::disk::{need_space, remove, rename};
use crate::find::downloaded;
use crate::manifest::{self, CopyError, Pin, copy};
use crate::paths::{Paths, edition_in};
use crate::{
    CatalogModel, Control, Environment, Error, Event, Manifest, OnEvent, Outcome, Progress,
};

/// Writes a checkpoint into one archive. If the target is a folder, the archive is named after the
/// checkpoint. Every file is verified, and the archive gets its final name only when all match.
///
/// Errors: `BuiltIn`, `NotDownloaded`, `Damaged`, `NoSpace`, `Full`, `Disk`.
pub fn export(
    entry: &CatalogModel,
    home: &Path,
    target: &Path,
    environment: &dyn Environment,
    control: &Control,
    on_event: &OnEvent<'_>,
) -> Result<Outcome, Error> {
    Paths::new(entry, home)?;
    let folder = downloaded(entry, home)?;
    let target = if target.is_dir() {
        target.join(format!("{}.zip", entry.name))
    } else {
        target.to_path_buf()
    };
    let mut coming = target.clone().into_os_string();
    coming.push(".partial");
    let coming = PathBuf::from(coming);
    let written = write(entry, &folder, &coming, environment, control, on_event);
    if let Ok(true) = written {
        rename(&coming, &target)?;
        return Ok(Outcome::Done(target));
    }
    remove(&coming)?;
    written.map(|_| Outcome::Cancelled)
}

/// Writes the archive; `false` when cancelled.
fn write(
    entry: &CatalogModel,
    folder: &Path,
    archive: &Path,
    environment: &dyn Environment,
    control: &Control,
    on_event: &OnEvent<'_>,
) -> Result<bool, Error> {
    let learned = Manifest::read(folder);
    let edition = edition_in(entry, folder).or(entry.editions.first());
    let edition = edition.expect("a checkpoint that was downloaded has an edition");
    let size = |name: &str| fs::metadata(folder.join(name)).ok().map(|file| file.len());
    let total = edition
        .files
        .iter()
        .filter_map(|file| size(&file.name))
        .sum();
    let beside = archive
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    need_space(beside.unwrap_or(Path::new(".")), total, environment)?;

    let file = File::create(archive).map_err(|error| Error::disk(archive, &error))?;
    let mut zip = ZipWriter::new(file);
    let on_archive = |error: io::Error| Error::disk(archive, &error);
    let mut manifest = Manifest::new(entry, edition);
    let mut done = 0;
    for published in &edition.files {
        let path = folder.join(&published.name);
        let fact = Manifest::complete(published, learned.as_ref());
        let damaged = |detail: String| Error::Damaged {
            path: path.clone(),
            detail,
        };
        let Some(size) = size(&fact.name) else {
            if fact.is_needed() {
                return Err(damaged("it is missing".into()));
            }
            continue;
        };
        start(&mut zip, &entry.name, &fact.name, size).map_err(on_archive)?;
        let mut from = File::open(&path).map_err(|error| Error::disk(&path, &error))?;
        let mut passed = |n_bytes| {
            done += n_bytes;
            on_event(Event::Progress(Progress::reading(done, total)));
        };
        match copy(&mut from, &mut zip, control, &mut passed) {
            Ok((size, sha256)) => {
                fact.check(size, &sha256).map_err(damaged)?;
                manifest.set(Pin::new(edition, &fact.name, size, sha256));
                on_event(Event::File(fact.name));
            }
            Err(CopyError::Cancelled) => return Ok(false),
            Err(CopyError::Reading(error)) => return Err(Error::disk(&path, &error)),
            Err(CopyError::Writing(error)) => return Err(on_archive(error)),
        }
    }
    let end = || -> io::Result<()> {
        start(&mut zip, &entry.name, manifest::NAME, 0)?;
        zip.write_all(&manifest.to_json())?;
        zip.finish()?.sync_all()
    };
    end().map_err(on_archive)?;
    Ok(true)
}

/// Begins a file of the archive. Weights do not compress, so files are stored.
fn start(zip: &mut ZipWriter<File>, folder: &str, name: &str, size: u64) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(size >= u64::from(u32::MAX));
    Ok(zip.start_file(format!("{folder}/{name}"), options)?)
}
