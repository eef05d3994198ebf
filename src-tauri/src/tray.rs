//! The tray is the program's mark beside the clock, with what is wanted while the window is away.
//! The program runs as well where there is none.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use earmark_app::{App, EntryId, RecentDictation, Words, log};
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Wry};

use crate::commands;
use crate::main_window;

const COPY_LAST: &str = "copy-last";
/// What the name of a dictation's line begins with; its number follows.
const DICTATION: &str = "dictation-";
const OPEN: &str = "open";
const QUIT: &str = "quit";

/// A tray that was put up.
struct Tray {
    copy_last: MenuItem<Wry>,
    dictations: Submenu<Wry>,
    open: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    _icon: TrayIcon,
}

/// Puts the mark up, where the system has a place for it. `has_last` says whether there is a
/// transcript to be copied.
pub(crate) fn put_up(app: &AppHandle, words: &Words, has_last: bool) {
    // The Linux library is looked for when it is first called, and its absence is a panic.
    let tray = catch_unwind(AssertUnwindSafe(|| build(app, words, has_last)));
    match tray {
        Ok(Ok(tray)) => {
            app.manage(tray);
        }
        Ok(Err(error)) => log::warn(&format!("no tray: {}", log::discreet(&error.to_string()))),
        Err(_) => log::warn("no tray: the library for it is missing"),
    }
}

fn build(app: &AppHandle, words: &Words, has_last: bool) -> tauri::Result<Tray> {
    let item = |id, text, is_enabled| MenuItem::with_id(app, id, text, is_enabled, None::<&str>);
    let copy_last = item(COPY_LAST, words.copy_last, has_last)?;
    let open = item(OPEN, words.open, true)?;
    let quit = item(QUIT, words.quit, true)?;
    let dictations = Submenu::new(app, words.last_dictations, false)?;
    let line = PredefinedMenuItem::separator(app)?;
    let menu = Menu::with_items(app, &[&copy_last, &dictations, &open, &line, &quit])?;
    let mut icon = TrayIconBuilder::with_id("main")
        .menu(&menu)
        .tooltip("Earmark")
        // Elsewhere than on a Mac a click on the mark itself opens the window.
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_menu_event(|app, event| choose(app, event.id().as_ref()))
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
                && !cfg!(target_os = "macos")
            {
                main_window::raise(tray.app_handle(), None);
            }
        })
        // The icon is written to a file on Linux; the folder for all users may be another's.
        .temp_dir_path(commands::app(app).folder().join("tray"));
    if let Some(mark) = app.default_window_icon() {
        icon = icon.icon(mark.clone());
    }
    Ok(Tray {
        _icon: icon.build(app)?,
        copy_last,
        dictations,
        open,
        quit,
    })
}

/// Does what was chosen, on a thread that may wait.
fn choose(handle: &AppHandle, id: &str) {
    let (handle, id) = (handle.clone(), id.to_owned());
    thread::spawn(move || match id.as_str() {
        COPY_LAST => {
            let app = commands::app(&handle);
            app.events().note(app.copy_last());
        }
        OPEN => main_window::raise(&handle, None),
        QUIT => handle.exit(0),
        other => {
            let number = other.strip_prefix(DICTATION).and_then(|n| n.parse().ok());
            if let Some(number) = number {
                let app = commands::app(&handle);
                app.events().note(app.copy_dictation(EntryId(number)));
            }
        }
    });
}

/// Lists the recent dictations. Waits for the main thread.
pub(crate) fn show_recent(handle: &AppHandle, app: &App) {
    match app.recent_dictations() {
        Ok(recent) => list_dictations(handle, &recent),
        Err(failure) => failure.log(),
    }
    allow_copy(handle, app.has_last_transcript());
}

/// Lists the last dictations, each to be copied. Waits for the main thread.
fn list_dictations(app: &AppHandle, recent: &[RecentDictation]) {
    let Some(tray) = app.try_state::<Tray>() else {
        return;
    };
    let list = || -> tauri::Result<()> {
        while tray.dictations.remove_at(0)?.is_some() {}
        for RecentDictation { id, label } in recent {
            let name = format!("{DICTATION}{}", id.0);
            // An ampersand would mark the letter behind it.
            let label = label.replace('&', "&&");
            let line = MenuItem::with_id(app, name, label, true, None::<&str>)?;
            tray.dictations.append(&line)?;
        }
        tray.dictations.set_enabled(!recent.is_empty())
    };
    if let Err(error) = list() {
        log::warn(&format!(
            "the tray lists no dictations: {}",
            log::discreet(&error.to_string())
        ));
    }
}

/// Whether there is a transcript to be copied.
pub(crate) fn allow_copy(app: &AppHandle, has_last: bool) {
    if let Some(tray) = app.try_state::<Tray>() {
        let _ = tray.copy_last.set_enabled(has_last);
    }
}

/// Takes the words of another language.
pub(crate) fn set_words(app: &AppHandle, words: &Words) {
    if let Some(tray) = app.try_state::<Tray>() {
        let _ = tray.copy_last.set_text(words.copy_last);
        let _ = tray.dictations.set_text(words.last_dictations);
        let _ = tray.open.set_text(words.open);
        let _ = tray.quit.set_text(words.quit);
    }
}

/// Whether a person can see the mark. Waits for the desktop, so not for the main thread.
pub(crate) fn is_seen(app: &AppHandle) -> bool {
    app.try_state::<Tray>().is_some() && has_place()
}

#[cfg(target_os = "linux")]
fn has_place() -> bool {
    crate::dbus::has("org.kde.StatusNotifierWatcher")
}

#[cfg(not(target_os = "linux"))]
fn has_place() -> bool {
    true
}
