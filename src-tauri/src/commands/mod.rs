//! What the pages can ask for, one line each; [`earmark_app::App`] says what each means.

pub(crate) mod backup;
pub(crate) mod dialogs;
pub(crate) mod entry;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod models;
pub(crate) mod overlay;
pub(crate) mod page;
pub(crate) mod queue;
pub(crate) mod speech;

use std::sync::Arc;

use earmark_app::App;
use earmark_app::api::Failure;
use tauri::{AppHandle, Manager};

/// The application of this program.
pub(crate) fn app(handle: &AppHandle) -> Arc<App> {
    Arc::clone(&handle.state::<Arc<App>>())
}

/// Does something that may take its time, away from the threads that must not wait.
async fn work<T: Send + 'static>(
    handle: AppHandle,
    work: impl FnOnce(&Arc<App>) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let app = app(&handle);
    let done = tauri::async_runtime::spawn_blocking(move || work(&app)).await;
    let done = done.unwrap_or_else(|error| Err(Failure::internal(&error)));
    done.inspect_err(Failure::log)
}

/// The same for what cannot fail.
async fn act(
    handle: AppHandle,
    act: impl FnOnce(&Arc<App>) + Send + 'static,
) -> Result<(), Failure> {
    work(handle, |app| {
        act(app);
        Ok(())
    })
    .await
}
