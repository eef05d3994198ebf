//! Advice: which recogniser suits a computer, in which storage, and why.

use earmark_engine::{Dtype, Hardware};
use earmark_weights::{CatalogModel, catalog_model};

/// The recogniser that suits a computer, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Name of the model in the catalog.
    pub model: &'static str,
    /// How its numbers are best stored.
    pub dtype: Dtype,
    /// Memory it takes while it works. Units: bytes.
    pub needs_bytes: u64,
    /// Why this one.
    pub reason: Reason,
}

/// Why a recogniser suits a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A GPU has room for it.
    Gpu,
    /// It is the most accurate, and memory and processor are enough for it.
    Roomy,
    /// The processor would take too long with a larger one.
    SlowProcessor,
    /// A larger one, or more exact numbers, would not fit into the memory.
    LittleMemory,
    /// Not even the smallest surely fits, but nothing smaller understands people's voices.
    TooLittleMemory,
}

impl Reason {
    /// The reason in an English clause that follows "because".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Gpu => "the GPU has room for it",
            Self::Roomy => "memory and processor are enough for the most accurate one",
            Self::SlowProcessor => "a larger one would be slow on this processor",
            Self::LittleMemory => "a larger one would not fit into the memory",
            Self::TooLittleMemory => {
                "it is the smallest for people's voices, though the memory may not be enough"
            }
        }
    }
}

/// The published recognisers, the most accurate first.
const LARGE: &str = "Qwen3-ASR-1.7B";
const SMALL: &str = "Qwen3-ASR-0.6B";

/// With fewer processor threads the large recogniser falls behind speech on most computers.
///
/// Source: `earmark bench` on two threads of a server with AVX-512 VNNI takes 20 s for a minute of
/// sound and only 64 tokens of it; a lively minute has 200, and a laptop is slower.
const THREADS_FOR_LARGE: usize = 4;

/// The recogniser that suits a computer.
pub fn advice(hardware: &Hardware) -> Advice {
    advise(hardware, |name, dtype| {
        let published = catalog_model(name).ok();
        let published = published.and_then(|entry| memory_of(entry, dtype));
        published.expect("a test holds the catalog to having it")
    })
}

/// Memory that a checkpoint of the catalog takes while it works, where it is known. Units: bytes.
pub fn memory_of(entry: &CatalogModel, dtype: Dtype) -> Option<u64> {
    let memory = entry.memory_mb?;
    let mb = match dtype {
        Dtype::F32 => memory.f32,
        Dtype::Q8_0 => memory.q8_0,
        Dtype::Q4K => memory.q4_k,
    };
    Some(mb * 1_000_000)
}

/// The recogniser that suits a computer. `needs` tells how much memory a published one takes while
/// it works, by its name.
fn advise(hardware: &Hardware, needs: impl Fn(&str, Dtype) -> u64) -> Advice {
    let advice = |model, dtype, reason| Advice {
        model,
        dtype,
        needs_bytes: needs(model, dtype),
        reason,
    };
    // What other programs and the system leave, of a computer as a whole.
    let room = |bytes: u64| bytes / 4 * 3;
    let usable = hardware.gpus.iter().filter(|gpu| gpu.is_usable);
    if let Some(gpu) = usable.max_by_key(|gpu| gpu.memory.bytes) {
        let fits = |model: &&str| needs(model, Dtype::F32) <= room(gpu.memory.bytes);
        if let Some(model) = [LARGE, SMALL].into_iter().find(fits) {
            return advice(model, Dtype::F32, Reason::Gpu);
        }
    }
    // Where the system does not say how much there is, it is not the smallest of computers.
    let memory = hardware
        .memory
        .map_or(u64::MAX, |memory| room(memory.bytes));
    let fits = |model, dtype| needs(model, dtype) <= memory;
    let is_fast = hardware.n_threads >= THREADS_FOR_LARGE && !hardware.instructions.is_empty();
    match (fits(LARGE, Dtype::Q8_0), fits(SMALL, Dtype::Q8_0)) {
        (true, _) if is_fast => advice(LARGE, Dtype::Q8_0, Reason::Roomy),
        (true, _) => advice(SMALL, Dtype::Q8_0, Reason::SlowProcessor),
        (false, true) => advice(SMALL, Dtype::Q8_0, Reason::LittleMemory),
        (false, false) if fits(SMALL, Dtype::Q4K) => {
            advice(SMALL, Dtype::Q4K, Reason::LittleMemory)
        }
        _ => advice(SMALL, Dtype::Q4K, Reason::TooLittleMemory),
    }
}

#[cfg(test)]
mod tests {
    use earmark_engine::{Dtype, Gpu, Hardware, Memory};

    use super::{LARGE, Reason, SMALL, advise};

    /// In tenths of a GB.
    fn needs(model: &str, dtype: Dtype) -> u64 {
        let tenths = match (model, dtype) {
            (LARGE, Dtype::F32) => 90,
            (LARGE, Dtype::Q8_0) => 45,
            (LARGE, Dtype::Q4K) => 35,
            (_, Dtype::F32) => 40,
            (_, Dtype::Q8_0) => 20,
            (_, Dtype::Q4K) => 14,
        };
        tenths * 100_000_000
    }

    fn check(gb: u64, n_threads: usize, gpu_gb: u64, expected: (&str, Dtype, Reason)) {
        let memory = |gb: u64| Memory {
            bytes: gb * 1_000_000_000,
            available_bytes: 0,
        };
        let gpu = |gb, is_usable| Gpu {
            name: "GPU".into(),
            memory: memory(gb),
            driver: "1".into(),
            is_usable,
        };
        let hardware = Hardware {
            processor: "P".into(),
            n_threads,
            instructions: vec!["AVX2"],
            memory: Some(memory(gb)),
            gpus: vec![gpu(1000, false), gpu(gpu_gb, true)],
        };
        let advice = advise(&hardware, needs);
        assert_eq!((advice.model, advice.dtype, advice.reason), expected);
        assert_eq!(advice.needs_bytes, needs(advice.model, advice.dtype));
    }

    #[test]
    fn a_computer_gets_what_it_can_hold_and_do() {
        check(16, 8, 0, (LARGE, Dtype::Q8_0, Reason::Roomy));
        check(16, 2, 0, (SMALL, Dtype::Q8_0, Reason::SlowProcessor));
        check(4, 8, 0, (SMALL, Dtype::Q8_0, Reason::LittleMemory));
        check(2, 8, 0, (SMALL, Dtype::Q4K, Reason::LittleMemory));
        check(1, 8, 0, (SMALL, Dtype::Q4K, Reason::TooLittleMemory));
        check(16, 2, 24, (LARGE, Dtype::F32, Reason::Gpu));
        check(16, 2, 6, (SMALL, Dtype::F32, Reason::Gpu));
        check(16, 8, 2, (LARGE, Dtype::Q8_0, Reason::Roomy));
    }
}
