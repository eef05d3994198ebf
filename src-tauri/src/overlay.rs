//! An overlay is a small window beside the main one: without decoration, on top of all others, with a
//! page, commands and a channel of its own.

use std::sync::Arc;

use earmark_app::api::{Event, Failure, Settings};
use earmark_app::{AppEvent, Words};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent};

use crate::commands::app;
use crate::desktop::Desktop;
use crate::window_names::{self, MAIN};

/// What is left below an overlay at first: room for a taskbar. Units: logical pixels.
const MARGIN: f64 = 72.0;

/// A kind of overlay; there is one of each at most.
pub(crate) struct Overlay {
    /// Names the window and its page; `src-tauri/capabilities/overlays.json` has it, too.
    pub(crate) name: &'static str,
    /// What the desktop calls the window.
    pub(crate) title: fn(&Words) -> &'static str,
    /// Width and height. Units: logical pixels.
    pub(crate) size: (f64, f64),
    /// Smallest width and height. Units: logical pixels.
    pub(crate) least: (f64, f64),
    /// Whether it can have the keyboard. No overlay takes it by itself.
    pub(crate) is_focusable: bool,
}

/// What is being said, for who looks elsewhere than at the main window.
pub(crate) const CAPTIONS: Overlay = Overlay {
    name: window_names::CAPTIONS,
    title: |words| words.captions,
    size: (760.0, 190.0),
    least: (280.0, 90.0),
    is_focusable: true,
};

/// How far a dictation is, for who writes in another program.
pub(crate) const DICTATION: Overlay = Overlay {
    name: window_names::DICTATION,
    title: |words| words.dictation,
    size: (400.0, 72.0),
    least: (400.0, 72.0),
    is_focusable: false,
};

/// Shows an overlay; it is built unless it is there. Waits for the main thread.
///
/// Errors: the system opens no more windows.
pub(crate) fn show(handle: &AppHandle, overlay: &Overlay) -> Result<(), Failure> {
    if let Some(window) = handle.get_webview_window(overlay.name) {
        return window.show().map_err(|error| Failure::internal(&error));
    }
    let page = WebviewUrl::App(format!("overlay.html?overlay={}", overlay.name).into());
    let mut builder = WebviewWindowBuilder::new(handle, overlay.name, page)
        .title((overlay.title)(app(handle).words()))
        .inner_size(overlay.size.0, overlay.size.1)
        .min_inner_size(overlay.least.0, overlay.least.1)
        .decorations(false)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .skip_taskbar(true)
        .maximizable(false)
        .minimizable(false)
        .focused(false)
        // What must not have the keyboard is told so before it is shown.
        .focusable(overlay.is_focusable);
    if let Some((x, y)) = place(handle, overlay) {
        builder = builder.position(x, y);
    }
    let built = builder.build();
    built.map(drop).map_err(|error| Failure::internal(&error))
}

/// Where an overlay stands until somebody moves it: in the middle of the screen's lower edge.
fn place(handle: &AppHandle, overlay: &Overlay) -> Option<(f64, f64)> {
    let screen = handle.primary_monitor().ok()??;
    let scale = screen.scale_factor();
    let (at, size) = (screen.position(), screen.size());
    let (at, size) = (at.to_logical::<f64>(scale), size.to_logical::<f64>(scale));
    let x = at.x + (size.width - overlay.size.0) / 2.0;
    let y = at.y + size.height - overlay.size.1 - MARGIN;
    Some((x, y))
}

/// Closes an overlay, if it is there.
pub(crate) fn close(handle: &AppHandle, overlay: &Overlay) {
    if let Some(window) = handle.get_webview_window(overlay.name) {
        let _ = window.close();
    }
}

/// Whether an overlay is there.
pub(crate) fn is_open(handle: &AppHandle, overlay: &Overlay) -> bool {
    handle.get_webview_window(overlay.name).is_some()
}

/// Takes in what happens to a window: no overlay stays behind the main one.
pub(crate) fn receive(window: &Window, event: &WindowEvent) {
    let WindowEvent::Destroyed = event else {
        return;
    };
    let handle = window.app_handle();
    handle.state::<Desktop>().unsubscribe(window.label());
    if window.label() == MAIN {
        for overlay in handle.webview_windows().values() {
            let _ = overlay.destroy();
        }
    } else if window.label() == CAPTIONS.name {
        app(handle)
            .events()
            .page(Event::Captions { is_open: false });
    }
}

/// Sends the page of an overlay what it shows from now on, and gives it the settings.
pub(crate) fn open(handle: &AppHandle, name: &str, page: Channel<Event>) -> Settings {
    let (app, desktop) = (app(handle), handle.state::<Desktop>());
    if name == DICTATION.name
        && let Some(state) = desktop.dictation().clone()
    {
        let _ = page.send(Event::Dictation { state });
    }
    let (subscribed, is_captions) = (Arc::clone(&app), name == CAPTIONS.name);
    let subscriber = desktop.subscriber(name, move |event| {
        let shown = match event {
            AppEvent::Captions(event) if is_captions => event.clone(),
            AppEvent::Dictation(Some(state)) if !is_captions => Event::Dictation {
                state: state.clone(),
            },
            AppEvent::SettingsChanged => Event::Settings {
                settings: subscribed.settings(),
            },
            _ => return,
        };
        // A page that is gone needs no news.
        let _ = page.send(shown);
    });
    app.events().subscribe(subscriber);
    // The recording may have ended before anybody could tell its page.
    if is_captions && !app.is_recording() {
        close(handle, &CAPTIONS);
    }
    app.settings()
}
