//! File operations on the folder of checkpoints, with errors that name the path.

use std::fs;
use std::io;
use std::path::Path;

use earmark_files::Access;

use crate::{Environment, Error};

/// Errors: [`Error::NoSpace`] when the disk reports less free space than needed.
pub(crate) fn need_space(
    folder: &Path,
    needed: u64,
    environment: &dyn Environment,
) -> Result<(), Error> {
    match environment.free_space(folder) {
        Ok(free) if free < needed => Err(Error::NoSpace {
            folder: folder.into(),
            needed,
            free,
        }),
        // Not every file system reports its free space; then writing fails if there is too little.
        _ => Ok(()),
    }
}

/// Writes a small file atomically.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), Error> {
    let written = earmark_files::write_atomic(path, content, Access::Usual);
    written.map_err(|error| Error::disk(path, &error))
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(|error| Error::disk(to, &error))
}

/// Removes a file or folder, if it exists.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    let removed = match fs::symlink_metadata(path) {
        Ok(kind) if kind.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::disk(path, &error)),
        _ => Ok(()),
    }
}
