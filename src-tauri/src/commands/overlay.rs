//! What the page of an overlay can ask for.

use earmark_app::api::{Event, Failure, Settings};
use tauri::ipc::Channel;
use tauri::{AppHandle, LogicalPosition, LogicalSize, WebviewWindow};

use super::work;
use crate::overlay;

#[tauri::command]
pub(crate) async fn open_overlay(
    app: AppHandle,
    window: WebviewWindow,
    events: Channel<Event>,
) -> Result<Settings, Failure> {
    let handle = app.clone();
    work(app, move |_| {
        Ok(overlay::open(&handle, window.label(), events))
    })
    .await
}

#[tauri::command]
pub(crate) async fn close_overlay(window: WebviewWindow) -> Result<(), Failure> {
    window.close().map_err(|error| Failure::internal(&error))
}

#[tauri::command]
pub(crate) async fn drag_overlay(window: WebviewWindow) -> Result<(), Failure> {
    (window.start_dragging()).map_err(|error| Failure::internal(&error))
}

#[tauri::command]
pub(crate) async fn nudge_overlay(
    window: WebviewWindow,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
) -> Result<(), Failure> {
    let nudge = || {
        let scale = window.scale_factor()?;
        let at = window.outer_position()?.to_logical::<f64>(scale);
        let size = window.inner_size()?.to_logical::<f64>(scale);
        window.set_position(LogicalPosition::new(at.x + x, at.y + y))?;
        window.set_size(LogicalSize::new(size.width + width, size.height + height))
    };
    nudge().map_err(|error| Failure::internal(&error))
}

#[tauri::command]
pub(crate) async fn caption_size(app: AppHandle, px: u16) -> Result<(), Failure> {
    work(app, move |app| app.set_caption_size(px)).await
}
