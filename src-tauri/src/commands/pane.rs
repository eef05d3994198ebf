//! What the page of a pane can ask for; `ui/src/lib/backend/pane.ts` says what each means.

use tauri::ipc::Channel;
use tauri::{AppHandle, LogicalPosition, LogicalSize, WebviewWindow};

use super::work;
use crate::contract::{Event, Failure, Settings};
use crate::front;

/// Sizes that captions can have. Units: CSS pixels.
const CAPTION_PX: std::ops::RangeInclusive<u16> = 16..=96;

#[tauri::command]
pub(crate) async fn open_pane(
    app: AppHandle,
    window: WebviewWindow,
    events: Channel<Event>,
) -> Result<Settings, Failure> {
    work(app, move |desk| {
        let mut room = desk.room();
        room.show_on_pane(window.label(), events);
        Ok(room.settings.clone())
    })
    .await
}

#[tauri::command]
pub(crate) async fn close_pane(window: WebviewWindow) -> Result<(), Failure> {
    window.close().map_err(|error| Failure::internal(&error))
}

#[tauri::command]
pub(crate) async fn drag_pane(window: WebviewWindow) -> Result<(), Failure> {
    (window.start_dragging()).map_err(|error| Failure::internal(&error))
}

#[tauri::command]
pub(crate) async fn nudge_pane(
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
    let desk = front::desk(&app);
    work(app, move |_| {
        let mut room = desk.room();
        let caption_px = px.clamp(*CAPTION_PX.start(), *CAPTION_PX.end());
        let settings = Settings {
            caption_px,
            ..room.settings.clone()
        };
        room.set(settings.clone())?;
        room.tell(Event::Settings { settings });
        Ok(())
    })
    .await
}
