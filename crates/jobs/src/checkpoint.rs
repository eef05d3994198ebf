//! The files of a located checkpoint, as the engine takes them.

use earmark_engine::Checkpoint;
use earmark_weights::{Files, Located};

pub(crate) fn checkpoint(located: &Located) -> Checkpoint {
    match &located.files {
        Files::Folder(path) => Checkpoint::Folder(path.clone()),
        Files::Embedded(files) => Checkpoint::Embedded(files),
    }
}
