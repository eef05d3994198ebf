//! A job is one recording to be transcribed; the queue does them one after the other.
//!
//! This is the only interface the shells (command line, window, server) call. [`Queue::start`]
//! gives a queue and a receiver of [`Event`]s; one thread of its own holds the engine, and keeps
//! it loaded while the jobs ask for the same model and settings. A job that fails or is cancelled
//! does not touch the others. [`Queue::redo`] hears a few lines of a transcript again, in front of
//! them all.
//!
//! What is spoken is no job: a [`Listener`] records and transcribes it while it is said, with a
//! thread and a model of its own, because a person who speaks cannot wait for a file.

mod advice;
mod convert;
mod failure;
mod idle;
mod inputs;
mod job;
mod listen;
mod live;
mod models;
mod outline;
mod progress;
mod queue;
mod redo;
mod room;
mod sides;
mod speed;
mod stock;
mod stretch;
mod work;

pub use advice::{Advice, Reason, advice, memory_of};
pub use convert::{Conversion, convert};
pub use earmark_audio::capture::{Device, Kind, Level, Which, devices as sounds};
pub use earmark_audio::record::Recorded;
pub use earmark_engine::{DeviceChoice, Dtype, Hardware, Settings, set_threads};
pub use earmark_transcript::{Language, Ms, Segment, Transcript};
pub use earmark_weights::{
    Control, DEMO, Event as ModelEvent, Mirror, Network, Progress as ModelProgress, Proxy, Speed,
    home as models_folder, mirrors,
};
pub use failure::{Code, Failure};
pub use idle::Unloading;
pub use inputs::{in_folder, recordings};
pub use job::{AlignerChoice, End, Event, Job, JobId, Loaded, Span, Task};
pub use listen::{Heard, Listen, Listener, Session, recover};
pub use models::{Model, devices, model, models};
pub use outline::{Outline, PEAKS_PER_SECOND};
pub use progress::Progress;
pub use queue::Queue;
pub use redo::{Redo, Stopper};
pub use room::needed as memory_needed;
pub use speed::Measurement;
pub use stock::{Card, CardState, News, Stock};
