//! A conversion makes a quantised copy of a model, so that later starts are instant.

use std::path::PathBuf;

use earmark_engine::{Dtype, Outcome, quantised};
use earmark_weights::{
    Control, CopyInMaking, Error, Event, Files, Progress, Tell, ThisComputer, Wish, World,
    original_name,
};

use crate::work::checkpoint;
use crate::{Failure, models_folder};

/// What to convert, and into what.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// Folder or catalog name of a recogniser or an aligner.
    pub model: String,
    /// How the copy stores its matrices; not f32.
    pub dtype: Dtype,
    /// The folder of the copy; none for one beside the other models, named like the original with
    /// the dtype behind it.
    pub folder: Option<PathBuf>,
}

/// Makes a quantised copy; its folder, or none when it was cancelled. However it ends, the original
/// is unchanged, and nothing is left of a copy that was not finished.
///
/// Errors: the model cannot be found or read, the folder is there already, the disk is too small
/// or fails.
pub fn convert(
    conversion: &Conversion,
    control: &Control,
    tell: &Tell<'_>,
) -> Result<Option<PathBuf>, Failure> {
    convert_in(conversion, &ThisComputer, control, tell)
}

pub(crate) fn convert_in(
    conversion: &Conversion,
    world: &dyn World,
    control: &Control,
    tell: &Tell<'_>,
) -> Result<Option<PathBuf>, Failure> {
    let (home, dtype) = (models_folder(), conversion.dtype);
    let original = match earmark_weights::find(&conversion.model, &home) {
        Err(Error::NotARecognizer { .. }) => {
            earmark_weights::find_aligner(&conversion.model, &home)?
        }
        found => found?,
    };
    let name = format!("{}-{}", original_name(&original), dtype.name());
    let folder = conversion.folder.clone().unwrap_or_else(|| home.join(name));
    let checkpoint = checkpoint(&original);
    let n_bytes = quantised::size(&checkpoint, dtype)?;
    // Written once, then read once for the hashes, and so is the original.
    let total = 2 * n_bytes + n_source_bytes(&original.files);
    let copy = CopyInMaking::begin(&folder, n_bytes, world)?;
    let file = copy.place().join(quantised::FILE);
    let outcome = quantised::convert(&checkpoint, dtype, &file, &mut |done, _| {
        tell(Event::Progress(Progress::reading(done, total)));
        control.wish() != Wish::Cancel
    })?;
    match outcome {
        Outcome::Done(written) => {
            Ok(copy.finish(&original, dtype.name(), (written, total), control, tell)?)
        }
        Outcome::Cancelled => Ok(None),
    }
}

/// Size of all files of a model. Units: bytes.
fn n_source_bytes(files: &Files) -> u64 {
    match files {
        Files::Embedded(files) => files.iter().map(|(_, bytes)| bytes.len() as u64).sum(),
        Files::Folder(folder) => {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
            files
                .filter_map(|file| file.metadata().ok().map(|it| it.len()))
                .sum()
        }
    }
}
