//! The indicator is the overlay that says how far a dictation is. It never has the keyboard, which
//! stays with the program that is written into.

use earmark_app::api::DictationState;
use earmark_app::{App, EntryId, Notification, log};
use tauri::{AppHandle, Manager, PhysicalPosition, WebviewWindow};

use crate::desktop::Desktop;
use crate::notification;
use crate::overlay::{self, DICTATION};

/// Room between the indicator and the lower edge of the screen. Units: logical pixels.
const MARGIN: f64 = 32.0;

/// Shows how far the dictation is, or hides the indicator. A desktop that gives no shortcut gives the
/// keyboard to every window that comes; there a notification says when the text can be pasted.
pub(crate) fn show_state(handle: &AppHandle, app: &App, state: Option<DictationState>) {
    if !super::is_possible() {
        let entry = app.last_transcript();
        if let Some(entry) = entry.filter(|_| state == Some(DictationState::Copied)) {
            announce(handle, app, entry);
        }
        return;
    }
    let is_shown = state.is_some();
    let was_shown = std::mem::replace(&mut *handle.state::<Desktop>().dictation(), state).is_some();
    if is_shown == was_shown {
        return;
    }
    if !is_shown {
        if let Some(window) = handle.get_webview_window(DICTATION.name) {
            let _ = window.hide();
        }
        return;
    }
    if let Err(failure) = overlay::show(handle, &DICTATION) {
        log::warn(&format!(
            "no indicator: {}",
            log::discreet(&failure.message)
        ));
    }
    if let Some(window) = handle.get_webview_window(DICTATION.name) {
        let _ = handle.run_on_main_thread(move || {
            stay_behind(&window);
            let _ = place(&window).and_then(|()| window.show());
        });
    }
}

fn announce(handle: &AppHandle, app: &App, entry: EntryId) {
    let words = app.words();
    let (title, text) = (words.dictation.to_owned(), words.is_copied.to_owned());
    notification::show(handle, &Notification { title, text, entry }, words);
}

/// Tells the window manager that nobody will ever write into this window.
#[cfg(target_os = "linux")]
fn stay_behind(window: &WebviewWindow) {
    use gtk::gdk::WindowTypeHint;
    use gtk::prelude::GtkWindowExt;
    if let Ok(window) = window.gtk_window() {
        window.set_type_hint(WindowTypeHint::Notification);
        window.set_accept_focus(false);
        window.set_focus_on_map(false);
    }
}

#[cfg(not(target_os = "linux"))]
fn stay_behind(_: &WebviewWindow) {}

/// Puts the indicator at the lower edge of the screen that somebody works on.
fn place(window: &WebviewWindow) -> tauri::Result<()> {
    let at = window.cursor_position()?;
    let here = window.monitor_from_point(at.x, at.y)?;
    let screen = match here {
        Some(screen) => Some(screen),
        None => window.primary_monitor()?,
    };
    let Some(screen) = screen else {
        return Ok(());
    };
    let (area, scale) = (screen.work_area(), screen.scale_factor());
    let (width, height) = (DICTATION.size.0 * scale, DICTATION.size.1 * scale);
    let x = f64::from(area.position.x) + (f64::from(area.size.width) - width) / 2.0;
    let bottom = f64::from(area.position.y) + f64::from(area.size.height);
    window.set_position(PhysicalPosition::new(x, bottom - height - MARGIN * scale))
}
