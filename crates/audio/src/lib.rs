//! Sound in a file of any common format, or from a device; here it becomes samples.
//!
//! [`Recording`] opens a file and gives it as mono `f32` at [`SAMPLE_RATE`], block by block
//! ([`Source`]), so that nothing holds a whole file in memory. [`capture`] gives the same from a
//! microphone, [`record`] keeps it on disk. [`vad`] says where somebody speaks.

pub mod capture;
pub mod decode;
mod error;
mod memory_source;
pub mod record;
mod resample;
mod source;
pub mod vad;

pub use decode::{Ffmpeg, Recording, mix};
pub use earmark_transcript::SAMPLE_RATE;
pub use error::Error;
pub use memory_source::MemorySource;
pub use source::Source;
