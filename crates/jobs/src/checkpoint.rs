//! The files of a located checkpoint, as the engine takes them.

use earmark_engine::Checkpoint;
use earmark_weights::{Files, LocalCheckpoint};

pub(crate) fn checkpoint(located: &LocalCheckpoint) -> Checkpoint {
    match &located.files {
        Files::Folder(path) => Checkpoint::Folder(path.clone()),
        Files::Embedded(files) => Checkpoint::Embedded(files),
    }
}
