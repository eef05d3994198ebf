//! How much memory a model takes while it works, and which one this computer can hold.

use earmark_engine::{Checkpoint, Dtype, Settings};
use earmark_jobs::{Advice, Hardware, advise};
use earmark_weights::{Edition, Entry, entry};

/// The model that suits a computer.
pub(crate) fn advice(hardware: &Hardware) -> Advice {
    advise(hardware, |name, dtype| {
        entry(name).map_or(0, |entry| published(entry, dtype))
    })
}

/// Memory that a checkpoint takes while it works, where that can be told. Units: bytes.
pub(crate) fn needs(checkpoint: &Checkpoint, settings: &Settings) -> Option<u64> {
    let Checkpoint::Folder(folder) = checkpoint else {
        return None; // what is built in is small
    };
    let files = std::fs::read_dir(folder).ok()?.flatten();
    let sizes = files.filter_map(|file| file.metadata().ok().map(|file| file.len()));
    Some(from_size(sizes.sum(), settings.dtype))
}

fn from_size(n_bytes: u64, dtype: Option<Dtype>) -> u64 {
    match dtype {
        Some(Dtype::F32) => n_bytes * 5 / 2,
        None | Some(Dtype::Q8_0) => n_bytes * 9 / 8,
        Some(Dtype::Q4K) => n_bytes,
    }
}

/// Memory that a published checkpoint takes while it works. Units: bytes.
pub(crate) fn published(entry: &Entry, dtype: Dtype) -> u64 {
    from_size(entry.editions.first().map_or(0, Edition::size), Some(dtype))
}
