//! Audio from files of any common format, or from devices, as samples.
//!
//! [`Recording`] decodes a file to mono `f32` at [`SAMPLE_RATE`], block by block ([`Source`]), so
//! that a file is never in memory as a whole. [`capture`] gives the same from a microphone,
//! [`record`] writes it to disk. [`vad`] detects speech.

pub mod capture;
pub mod decode;
mod error;
mod memory_source;
pub mod record;
mod resample;
mod source;
pub mod vad;

pub use decode::{Ffmpeg, Mixer, Opening, Recording};
pub use earmark_transcript::SAMPLE_RATE;
pub use error::Error;
pub use memory_source::MemorySource;
pub use source::Source;
