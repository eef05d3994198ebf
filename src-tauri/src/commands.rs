//! What the page can ask for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use earmark_jobs::{DEMO, Event, Job, Queue, Settings};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use crate::update::Update;

/// The queue, and the channel of the page that listens to it.
pub(crate) struct Desk {
    queue: Mutex<Queue>,
    page: Arc<Mutex<Option<Channel<Update>>>>,
}

impl Desk {
    /// Starts the queue and a thread that passes its events on.
    pub(crate) fn start() -> Self {
        let (queue, events) = Queue::start();
        let page: Arc<Mutex<Option<Channel<Update>>>> = Arc::default();
        let listener = Arc::clone(&page);
        std::thread::spawn(move || {
            for event in events {
                let is_end = matches!(event, Event::Ended { .. });
                let mut page = lock(&listener);
                if let (Some(channel), Some(update)) = (page.as_ref(), Update::of(event)) {
                    // A page that is gone needs no news.
                    let _ = channel.send(update);
                }
                if is_end {
                    *page = None;
                }
            }
        });
        Self { queue: Mutex::new(queue), page }
    }
}

/// Lets the person choose a recording and transcribes it; false when none was chosen.
#[tauri::command]
pub(crate) async fn transcribe(
    app: AppHandle,
    desk: State<'_, Desk>,
    updates: Channel<Update>,
) -> Result<bool, String> {
    let (chosen, choice) = std::sync::mpsc::channel();
    app.dialog().file().pick_file(move |file| drop(chosen.send(file)));
    let choice = tauri::async_runtime::spawn_blocking(move || choice.recv());
    let Ok(Ok(Some(file))) = choice.await else { return Ok(false) };
    let recording = file.into_path().map_err(|error| error.to_string())?;
    let name = recording.file_name().unwrap_or_default().to_string_lossy().into_owned();
    updates.send(Update::Started { name }).map_err(|error| error.to_string())?;
    *lock(&desk.page) = Some(updates);
    lock(&desk.queue).submit(Job {
        recording,
        model: DEMO.to_owned(),
        settings: Settings::default(),
        language: None,
        context: String::new(),
        longest_piece_s: None,
    });
    Ok(true)
}

/// Stops what is being transcribed.
#[tauri::command]
pub(crate) fn cancel(desk: State<'_, Desk>) {
    lock(&desk.queue).cancel_all();
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
