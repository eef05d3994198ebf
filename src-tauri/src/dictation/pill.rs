//! The pill is a small window that says how far a dictation is. It never has the keyboard, which
//! stays with the program that is written into.

use earmark_store::ItemId;
use tauri::{AppHandle, Manager, PhysicalPosition, WebviewWindow};

use crate::contract::{Event, Pill};
use crate::desk::Room;
use crate::notice::Notice;
use crate::pane::{self, PILL};
use crate::{front, log, toast};

/// Room between the pill and the lower edge of the screen. Units: logical pixels.
const MARGIN: f64 = 32.0;

/// Shows the pill, or hides it. A desktop that gives no shortcut gives the keyboard to every window
/// that comes; there a message says when the text can be pasted.
pub(super) fn show(app: &AppHandle, pill: Option<&Pill>) {
    let desk = front::desk(app);
    let mut room = desk.room();
    if !super::is_possible() {
        let entry = room.last_done.filter(|_| pill == Some(&Pill::Copied));
        drop(room);
        if let Some(entry) = entry {
            announce(app, entry);
        }
        return;
    }
    let was_shown = std::mem::replace(&mut room.pill, pill.cloned()).is_some();
    if let Some(pill) = pill.cloned() {
        room.tell_pane(&PILL, Event::Pill { pill });
    }
    drop(room);
    if pill.is_some() == was_shown {
        return;
    }
    if pill.is_none() {
        if let Some(window) = app.get_webview_window(PILL.name) {
            let _ = window.hide();
        }
        return;
    }
    if let Err(failure) = pane::show(app, &PILL) {
        log::warn(&format!("no pill: {}", log::discreet(&failure.message)));
    }
    if let Some(window) = app.get_webview_window(PILL.name) {
        let _ = app.run_on_main_thread(move || {
            stay_behind(&window);
            let _ = place(&window).and_then(|()| window.show());
        });
    }
}

fn announce(app: &AppHandle, entry: ItemId) {
    let words = front::words_of(app);
    let (title, text) = (words.dictation.to_owned(), words.is_copied.to_owned());
    toast::show(app, &Notice { title, text, entry }, words);
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

/// Tells the page of the pill, which has just been opened, what it is to show.
pub(crate) fn recall(room: &Room) {
    if let Some(pill) = room.pill.clone() {
        room.tell_pane(&PILL, Event::Pill { pill });
    }
}

/// Puts the pill at the lower edge of the screen that somebody works on.
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
    let (width, height) = (PILL.size.0 * scale, PILL.size.1 * scale);
    let x = f64::from(area.position.x) + (f64::from(area.size.width) - width) / 2.0;
    let bottom = f64::from(area.position.y) + f64::from(area.size.height);
    window.set_position(PhysicalPosition::new(x, bottom - height - MARGIN * scale))
}
