//! Samples in, text and word times out: Qwen3-ASR and Qwen3-ForcedAligner on candle.
//!
//! The engine is synchronous and owned by one thread. It knows checkpoints, devices and tokens;
//! it does not know files of audio, where checkpoints live on disk, or what a subtitle is.
//!
//! | to read about | see |
//! |---|---|
//! | the way of a clip to its text | [`Recognizer`] |
//! | a clip that is still growing | [`StreamingClip`] |
//! | the way of a clip and its words to their times | [`Aligner`], [`monotonic`] |
//! | what both are made of | `network` |
//! | the spectrogram | [`mel`] |
//! | the encoder, the decoder | `encoder`, `stem`, `decoder`, `attention` |
//! | how matrices are stored | `linear`, `matrix`, `blocks` |
//! | converting a checkpoint once | [`quantised`] |
//! | what there is to run on | [`Hardware`] |
//! | memory before loading and after | [`memory`] |
//! | whether a GPU computes right | [`self_test`] |
//! | files and tensors | `checkpoint`, `tensors`, `config`, `tokenizer` |
//! | the prompt and what comes back | [`prompt`], [`output`] |

mod aligner;
mod attention;
mod blocks;
mod checkpoint;
mod config;
mod conv_frontend;
mod decoder;
mod device;
mod encoder;
mod error;
mod generate;
mod hardware;
mod kernel;
mod linear;
mod matrix;
pub mod mel;
pub mod memory;
pub mod monotonic;
mod network;
mod norm;
mod observer;
pub mod output;
pub mod prompt;
pub mod quantised;
mod recognizer;
pub mod self_test;
mod streaming_clip;
mod tensors;
pub mod test_checkpoint;
mod tokenizer;

pub use aligner::{Aligned, Aligner, TimedWord};
pub use checkpoint::Checkpoint;
pub use device::{DeviceChoice, matmul_gflops, n_threads, set_threads};
pub use error::{Error, Result};
pub use generate::Limit;
pub use hardware::{Gpu, Hardware, Memory};
pub use linear::Dtype;
pub use network::{Settings, StorageReport, Timings, Work};
pub use observer::{Observer, Outcome, Unobserved};
pub use recognizer::{Recognition, Recognizer, Request, Token};
pub use streaming_clip::StreamingClip;
pub use tokenizer::Tokenizer;

/// Sample rate of everything the engine hears. Units: Hz.
pub const SAMPLE_RATE: u32 = 16_000;
