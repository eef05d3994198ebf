//! The main window: whether it has the focus, and how it comes to the front.

use earmark_app::EntryId;
use tauri::{AppHandle, Manager, WebviewWindow, Window, WindowEvent};

use crate::commands::app;
use crate::desktop::Desktop;
use crate::window_names::MAIN;

/// Takes in what happens to the main window.
pub(crate) fn receive(window: &Window, event: &WindowEvent) {
    if let WindowEvent::Focused(has_focus) = event
        && window.label() == MAIN
    {
        window.state::<Desktop>().set_focus(*has_focus);
    }
}

/// Brings the window to the front. `startup_id` is what the desktop gave for it; some do not let
/// a window come to the front without.
pub(crate) fn raise(handle: &AppHandle, startup_id: Option<String>) {
    let Some(window) = handle.get_webview_window(MAIN) else {
        return;
    };
    let _ = handle.run_on_main_thread(move || {
        let _ = window.show().and_then(|()| window.unminimize());
        present(&window, startup_id.as_deref());
        let _ = window.set_focus();
    });
}

#[cfg(target_os = "linux")]
fn present(window: &WebviewWindow, startup_id: Option<&str>) {
    use gtk::prelude::GtkWindowExt;
    if let (Ok(window), Some(id)) = (window.gtk_window(), startup_id) {
        window.set_startup_id(id);
    }
}

#[cfg(not(target_os = "linux"))]
fn present(_: &WebviewWindow, _: Option<&str>) {}

/// Shows an entry that somebody asked for outside the window.
pub(crate) fn show_entry(handle: &AppHandle, entry: EntryId, startup_id: Option<String>) {
    raise(handle, startup_id);
    app(handle).show_entry(entry);
}
