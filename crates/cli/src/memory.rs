//! How much memory a model takes while it works, and which one this computer can hold.

use earmark_engine::{Dtype, Settings};
use earmark_jobs::{Advice, Hardware, advise, memory_needed};
use earmark_weights::{Entry, Located, entry};

/// The model that suits a computer.
pub(crate) fn advice(hardware: &Hardware) -> Advice {
    advise(hardware, |name, dtype| {
        let published = entry(name).and_then(|entry| published(entry, dtype));
        published.expect("a test holds the catalog to having it")
    })
}

/// Memory that a model which is here takes while it works; none when it cannot be told. Units:
/// bytes.
pub(crate) fn needs(located: &Located, settings: Settings) -> Option<u64> {
    memory_needed(&[located], settings, u32::MAX)
}

/// Memory that a checkpoint of the catalog takes while it works. Units: bytes.
pub(crate) fn published(entry: &Entry, dtype: Dtype) -> Option<u64> {
    let memory = entry.memory_mb?;
    let mb = match dtype {
        Dtype::F32 => memory.f32,
        Dtype::Q8_0 => memory.q8_0,
        Dtype::Q4K => memory.q4_k,
    };
    Some(mb * 1_000_000)
}
