//! The pipeline is the one path from samples to a transcript: cut, recognise, assemble.
//!
//! It does no input or output of its own: a [`Source`](earmark_audio::Source) gives the samples,
//! something that can [`Recognize`] turns them into text, and a [`Watcher`] is told what happens. It holds
//! one chunk of the recording at a time, so its memory does not grow with the recording.

mod accumulator;
mod align;
pub mod chunk;
mod chunk_segments;
mod context_echo;
mod error;
mod estimate;
pub mod live;
mod realign;
mod recognize;
pub mod reference_text;
mod snap_to_silence;
mod speech_clip;
mod transcribe;

pub use accumulator::joined;
pub use align::{Align, BoundedAligner, Precision};
pub use chunk::Policy;
pub use error::Error;
pub use realign::realign;
pub use recognize::Recognize;
pub use transcribe::{Event, Models, Outcome, Step, Transcription, Watcher, transcribe};
