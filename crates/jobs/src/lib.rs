//! A job is one recording to be transcribed; the queue does them one after the other.
//!
//! This is the only interface the shells (command line, window, server) call. [`Queue::start`]
//! gives a queue and a receiver of [`Event`]s; one thread of its own holds the engine, and keeps
//! it loaded while the jobs ask for the same model and settings. A job that fails or is cancelled
//! does not touch the others.

mod advice;
mod convert;
mod failure;
mod idle;
mod inputs;
mod job;
mod models;
mod peaks;
mod progress;
mod queue;
mod rest;
mod room;
mod stock;
mod work;

pub use advice::{Advice, Reason, advice, memory_of};
pub use convert::{Conversion, convert};
pub use earmark_engine::{DeviceChoice, Dtype, Hardware, Settings, set_threads};
pub use earmark_transcript::{Language, Ms, Segment, Transcript};
pub use earmark_weights::{
    Control, DEMO, Event as ModelEvent, Network, Progress as ModelProgress, Proxy,
    home as models_folder,
};
pub use failure::{Code, Failure};
pub use idle::Unloading;
pub use inputs::{in_folder, recordings};
pub use job::{AlignerChoice, End, Event, Job, JobId, Loaded};
pub use models::{Model, devices, model, models};
pub use peaks::{PEAKS_PER_SECOND, peaks};
pub use progress::Progress;
pub use queue::Queue;
pub use room::needed as memory_needed;
pub use stock::{Card, CardState, News, Stock};
