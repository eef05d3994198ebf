//! A job is one recording to be transcribed; the queue does them one after the other.
//!
//! This is the only interface the shells (command line, window, server) call. [`Queue::start`]
//! gives a queue and a receiver of [`Event`]s; one thread of its own holds the engine, and keeps
//! it loaded while the jobs ask for the same model and settings. A job that fails or is cancelled
//! does not touch the others.
//!
//! What is spoken is no job: a [`Listener`] records and transcribes it while it is said, with a
//! thread and a model of its own, because a person who speaks cannot wait for a file.

mod failure;
mod inputs;
mod job;
mod listen;
mod live;
mod models;
mod peaks;
mod progress;
mod queue;
mod rest;
mod work;

pub use earmark_audio::capture::{Device, Kind, Level, Which, devices as sounds};
pub use earmark_audio::record::Recorded;
pub use earmark_engine::{DeviceChoice, Dtype, Settings, set_threads};
pub use earmark_transcript::{Language, Ms, Segment, Transcript};
pub use earmark_weights::{DEMO, home as models_folder};
pub use failure::{Code, Failure};
pub use inputs::{in_folder, recordings};
pub use job::{AlignerChoice, End, Event, Job, JobId, Loaded};
pub use listen::{Heard, Listen, Listener, Session, recover};
pub use models::{Model, devices, model, models};
pub use peaks::{PEAKS_PER_SECOND, peaks};
pub use progress::Progress;
pub use queue::Queue;
