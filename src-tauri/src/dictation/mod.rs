//! The desktop's side of dictation: the shortcut, the overlay that says how far it is, and the text on
//! its way into other programs.

mod clipboard;
#[cfg(target_os = "linux")]
mod display;
mod indicator;
mod keyboard;
mod shortcut;
mod text_injector;

use std::sync::Arc;
use std::thread;

use earmark_app::api::{Failure, ShortcutState};
use earmark_app::{App, log};
use tauri::{AppHandle, Manager};

use crate::desktop::Desktop;
use crate::tray;

pub(crate) use self::indicator::show_state;
pub(crate) use self::shortcut::is_possible;
pub(crate) use self::text_injector::SystemInjector;

/// Begins to listen to the shortcut of the settings; what stands in the way is told the page.
pub(crate) fn start(handle: &AppHandle, app: &Arc<App>) {
    app.start_dictation();
    let keys = app.settings().dictation_shortcut;
    let taken = change_shortcut(handle, None, keys.as_deref());
    if taken.is_err() {
        *handle.state::<Desktop>().shortcut() = ShortcutState::Refused;
    }
    app.events().note(taken);
    // The window does not wait for what the tray lists.
    let (handle, app) = (handle.clone(), Arc::clone(app));
    thread::spawn(move || tray::show_recent(&handle, &app));
}

/// Takes the shortcut of new settings in place of that of the old ones.
///
/// Errors: it cannot be used; then the old one is kept.
pub(crate) fn change_shortcut(
    handle: &AppHandle,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(), Failure> {
    let state = if shortcut::is_possible() {
        shortcut::change(handle, from, to)?;
        to.map_or(ShortcutState::None, |_| ShortcutState::Works)
    } else {
        ShortcutState::None
    };
    if state == ShortcutState::Works {
        log::info("the shortcut dictates");
    }
    *handle.state::<Desktop>().shortcut() = state;
    Ok(())
}
