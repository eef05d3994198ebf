//! What the page can ask for.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use earmark_jobs::{AlignerChoice, DEMO, Event, Job, Queue, Settings};
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;

use crate::update::{self, Update};

/// The queue, and who listens to it.
pub(crate) struct Desk {
    queue: Mutex<Queue>,
    listener: Arc<Mutex<Option<Listener>>>,
}

/// A page, and the recording it asked for.
struct Listener {
    page: Channel<Update>,
    recording: PathBuf,
}

impl Desk {
    /// Starts the queue and a thread that passes its events on.
    pub(crate) fn start() -> Self {
        let (queue, events) = Queue::start();
        let listener: Arc<Mutex<Option<Listener>>> = Arc::default();
        let heard_by = Arc::clone(&listener);
        std::thread::spawn(move || {
            for event in events {
                let is_end = matches!(event, Event::Ended { .. });
                let mut heard_by = lock(&heard_by);
                if let Some(Listener { page, recording }) = heard_by.as_ref()
                    && let Some(update) = Update::of(event, recording)
                {
                    // A page that is gone needs no news.
                    let _ = page.send(update);
                }
                if is_end {
                    *heard_by = None;
                }
            }
        });
        Self {
            queue: Mutex::new(queue),
            listener,
        }
    }
}

/// Lets the person choose a recording and transcribes it; false when none was chosen.
#[tauri::command]
pub(crate) async fn transcribe(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    updates: Channel<Update>,
) -> Result<bool, String> {
    let (chosen, choice) = std::sync::mpsc::channel();
    let dialog = window.dialog().file().set_parent(&window);
    dialog.pick_file(move |file| drop(chosen.send(file)));
    let choice = tauri::async_runtime::spawn_blocking(move || choice.recv());
    let Ok(Ok(Some(file))) = choice.await else {
        return Ok(false);
    };
    let recording = file.into_path().map_err(|error| error.to_string())?;
    let name = update::name(&recording);
    updates
        .send(Update::Started { name })
        .map_err(|error| error.to_string())?;
    *lock(&desk.listener) = Some(Listener {
        page: updates,
        recording: recording.clone(),
    });
    lock(&desk.queue).submit(Job {
        recording,
        model: DEMO.to_owned(),
        aligner: AlignerChoice::Auto,
        settings: Settings::default(),
        language: None,
        context: String::new(),
        longest_piece_s: None,
    });
    Ok(true)
}

/// Stops what is being transcribed.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "commands are given their state by value"
)]
pub(crate) fn cancel(desk: State<'_, Desk>) {
    lock(&desk.queue).cancel_all();
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
