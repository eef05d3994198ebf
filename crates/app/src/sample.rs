//! The sample is a recording that comes with the program, for the first try.

use std::fs;
use std::path::{Path, PathBuf};

use earmark_files::{Access, write_atomic};

use crate::api::{Code, Failure};

/// A sentence in the voice that the demo understands.
const SAMPLE: &[u8] = include_bytes!("../../../samples/en-01.flac");

/// Puts the sample into a folder, unless it is there; where it lies.
///
/// Errors: the folder cannot be written to.
pub(crate) fn write(folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join("sample").join("Sample.flac");
    if fs::read(&path).is_ok_and(|there| there == SAMPLE) {
        return Ok(path);
    }
    let created = earmark_files::create_private_folder(&folder.join("sample"));
    let written = created.and_then(|()| write_atomic(&path, SAMPLE, Access::Owner));
    written.map_err(|error| {
        let path = path.display();
        Failure::new(
            Code::Store,
            format!("cannot write the sample to `{path}`: {error}"),
        )
    })?;
    Ok(path)
}
