//! The pipeline is the one path from samples to a transcript: cut, recognise, assemble.
//!
//! It does no input or output of its own: a [`Source`](earmark_audio::Source) gives the samples,
//! something that can [`Recognize`] hears them, and a [`Watcher`] is told what happens. It holds
//! one piece of the recording at a time, so its memory does not grow with the recording.

mod again;
mod align;
pub mod chunk;
mod echo;
mod error;
mod estimate;
mod found;
pub mod live;
mod piece;
mod recognize;
pub mod script;
mod snap;
mod transcribe;

pub use again::align_again;
pub use align::{Align, Precision, Timekeeper};
pub use chunk::Policy;
pub use error::Error;
pub use recognize::Recognize;
pub use transcribe::{Ears, Event, Outcome, Step, Transcription, Watcher, transcribe};
