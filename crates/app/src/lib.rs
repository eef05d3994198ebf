//! The application without a window: the history, the queue, recordings and dictations, models,
//! settings and exports of one person on one computer.
//!
//! [`App`] is all that the shells (window, server, command) call. It tells them what happens through
//! one stream of [`AppEvent`]s; what must reach out of the process, such as typing into another
//! program, is the shell's, behind the trait [`Shell`].
//!
//! Locks: every part has one of its own, held while memory is looked at or changed and never while
//! the disk, a device or the engine is waited for. What is written to the history is written by its
//! thread, in order.

mod active_recording;
pub mod api;
mod app;
mod batch;
mod diagnostics;
mod dictation;
mod entries;
mod entry_view;
mod events;
mod export;
mod failure;
mod history;
mod i18n;
mod inputs;
pub mod log;
mod models;
mod queue;
mod recordings;
mod retranscribe;
mod sample;
mod settings;
mod shell;
mod single_instance;
mod waveform_cache;
mod work;

pub use app::App;
pub use batch::{BatchSummary, Notification};
pub use dictation::DictationHandle;
pub use dictation::insertion::{Place, TextInjector};
pub use dictation::recent::RecentDictation;
pub use earmark_jobs::{decode_in_own_process, serve_if_asked, set_threads};
pub use earmark_store::EntryId;
pub use events::{AppEvent, Delivery, Events, Subscriber};
pub use export::named as named_file;
pub use i18n::{ClosingWords, Words, of as words, system_language};
pub use shell::Shell;
pub use single_instance::LaunchRequest;
pub use work::Work;
