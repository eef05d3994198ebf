//! A job is one recording to be transcribed; the queue does them one after the other.
//!
//! This is the only interface the shells (command line, window, server) call. A [`ModelCache`] owns
//! the loaded models of the process. [`Queue::start`] gives a queue and a receiver of [`Event`]s;
//! a thread of its own does the jobs with models of the cache. A job that fails or is cancelled
//! does not touch the others. [`Queue::retranscribe`] recognises a few lines of a transcript again,
//! before all jobs.
//!
//! What is spoken is no job: a [`Listener`] records and transcribes it while it is said, in a thread
//! of its own and with models of the same cache. It comes before the files, because a person who
//! speaks cannot wait for one.

mod advice;
mod channel_speakers;
mod checkpoint;
mod convert;
mod failure;
mod inputs;
mod installed_models;
mod job;
mod listen;
mod live;
mod live_event;
mod memory_check;
mod model_cache;
mod models;
mod no_recording;
mod progress;
mod queue;
mod retranscribe;
#[cfg(test)]
mod scripted_backend;
mod speed;
mod time_range;
mod waveform;

pub use advice::{Advice, Reason, advice, memory_of};
pub use convert::{Conversion, convert};
pub use earmark_audio::capture::{Device, DeviceSelector, Kind, Level, devices as input_devices};
pub use earmark_audio::decode::{decode_in_own_process, serve_if_asked};
pub use earmark_audio::record::Recorded;
pub use earmark_engine::{DeviceChoice, Dtype, Hardware, Settings, set_threads};
pub use earmark_pipeline::joined as joined_transcript;
pub use earmark_speakers::{Count as SpeakerCount, MOST_SPEAKERS};
pub use earmark_transcript::{Language, Ms, Segment, Transcript};
pub use earmark_weights::{
    Control, DEMO, Event as DownloadEvent, Mirror, Network, Progress as DownloadProgress, Proxy,
    Speed, mirrors, models_folder,
};
pub use failure::{Code, Failure};
pub use inputs::{InFolder, in_folder, recordings};
pub use installed_models::{InstalledModels, ModelEvent, ModelInfo, ModelState};
pub use job::{AlignerChoice, End, Event, Job, JobId, Loaded, Span, Task};
pub use listen::{Listen, Listener, Session, recover};
pub use live_event::LiveEvent;
pub use memory_check::needed as memory_needed;
pub use model_cache::{ModelCache, ModelCacheEvent, Unloading};
pub use models::{Model, devices, model, models};
pub use no_recording::{NoRecording, no_recording};
pub use progress::Progress;
pub use queue::{Queue, speaker_name};
pub use retranscribe::{CancelToken, Retranscription};
pub use speed::Measurement;
pub use waveform::{PEAKS_PER_SECOND, Waveform};
