//! What the pages can ask for; the contract in `ui/src/lib/backend/types/` says what each means.

pub(crate) mod backup;
pub(crate) mod entry;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod models;
pub(crate) mod page;
pub(crate) mod pane;
pub(crate) mod queue;
pub(crate) mod speech;

use std::sync::Arc;

use earmark_store::ItemId;
use tauri::{AppHandle, Manager};

use crate::contract::{EntryId, Failure};
use crate::desk::Desk;

/// Does something that may take its time, away from the threads that must not wait.
async fn work<T: Send + 'static>(
    app: AppHandle,
    work: impl FnOnce(&Desk) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let desk = Arc::clone(&app.state::<Arc<Desk>>());
    let done = tauri::async_runtime::spawn_blocking(move || work(&desk)).await;
    let done = done.unwrap_or_else(|error| Err(Failure::internal(&error)));
    done.inspect_err(Failure::log)
}

fn items(ids: Vec<EntryId>) -> Vec<ItemId> {
    ids.into_iter().map(ItemId).collect()
}
