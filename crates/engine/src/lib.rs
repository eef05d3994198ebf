//! Qwen3-ASR and Qwen3-ForcedAligner on candle: samples in, text and word times out.
//!
//! The engine is synchronous and owned by one thread. It handles checkpoints, devices and tokens,
//! but not audio files, the folder of checkpoints, or subtitles.
//!
//! | to read about | see |
//! |---|---|
//! | a clip to its text | [`Recognizer`] in `asr/` |
//! | a clip that is still growing | [`StreamingClip`] |
//! | when to stop, repetition loops while generating | `asr/generate.rs` |
//! | the model's output to language and text | [`output`] |
//! | a clip and its words to their times | [`Aligner`], [`monotonic`] in `align/` |
//! | spectrogram, encoder, decoder, prompt, tokenizer | `model/` |
//! | stored matrices, attention, key/value cache, kernels | `nn/` |
//! | files, tensors and sizes of a checkpoint | `checkpoint/` |
//! | converting a checkpoint once | [`quantise`] |
//! | memory before loading | [`memory_estimate`] |
//! | processor, GPUs, threads, memory of this process | `device/` |
//! | whether a GPU computes right | [`self_test`] |
//!
//! The folders depend on each other in one direction: `checkpoint`, `nn`, `device`, `model`, then
//! `asr` and `align`.

mod align;
mod asr;
mod checkpoint;
mod device;
mod error;
mod model;
mod nn;
mod observer;
#[cfg(feature = "test-support")]
mod test_support;

pub use align::aligner::{Aligned, Aligner, TimedWord};
pub use align::monotonic;
pub use asr::generate::Limit;
pub use asr::output;
pub use asr::recognition::{Recognition, Request, Token};
pub use asr::recognizer::Recognizer;
pub use asr::streaming_clip::StreamingClip;
pub use checkpoint::dtype::Dtype;
pub use checkpoint::files::Checkpoint;
pub use device::hardware::{Gpu, Hardware, Memory};
pub use device::selection::DeviceChoice;
pub use device::threads::{n_threads, set_threads};
pub use device::throughput::matmul_gflops;
pub use device::{process_memory, self_test};
pub use earmark_transcript::SAMPLE_RATE;
pub use error::{Error, Result};
pub use model::loaded_model::{LoadedModel, Settings, StorageReport, Timings, Work};
pub use model::tokenizer::Tokenizer;
pub use model::{mel, memory_estimate, prompt, quantise};
pub use observer::{Observer, Outcome, StopWhen, Unobserved};
