//! What becomes of the program when its main window is closed.
//!
//! Who closes the window while there is work is asked whether the work goes on in the background;
//! otherwise closing it ends the program. Quitting, from the tray or as the system asks for it,
//! always ends it: what is finished is kept, and the rest can be resumed after the next start.

use std::thread;

use earmark_app::log;
use tauri::{AppHandle, Manager, Window, WindowEvent};

use crate::close_question::{self, CloseChoice};
use crate::commands::app;
use crate::tray;
use crate::window_names::MAIN;

/// Takes in that the main window is closed.
pub(crate) fn receive(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event
        && window.label() == MAIN
        && let Some(work) = app(window.app_handle()).work()
    {
        api.prevent_close();
        let words = app(window.app_handle()).words();
        let asking = window.clone();
        close_question::ask(window, words, words.closing(work), move |choice| {
            let window = asking.clone();
            // What the desktop has to be asked for, the main thread does not wait for.
            thread::spawn(move || obey(&window, choice));
        });
    }
}

/// Takes in that other work is under way than before: the question, where it is on the screen, is
/// about that, or goes.
pub(crate) fn follow_work(handle: &AppHandle) {
    let asked = handle.clone();
    let _ = handle.run_on_main_thread(move || {
        let (work, words) = (app(&asked).work(), app(&asked).words());
        close_question::follow(work.map(|work| words.closing(work)));
    });
}

fn obey(window: &Window, choice: CloseChoice) {
    let handle = window.app_handle();
    match choice {
        CloseChoice::Quit => handle.exit(0),
        // Without work nobody would look for a window in the background.
        CloseChoice::GoOnBehind if app(handle).is_working() => put_behind(window),
        CloseChoice::GoOnBehind | CloseChoice::Stay => {}
    }
}

/// Takes the window out of the way; where no tray leads back to it, it stays among the windows.
fn put_behind(window: &Window) {
    let is_seen = tray::is_seen(window.app_handle());
    log::info(if is_seen {
        "the window is hidden, work goes on"
    } else {
        "the window is minimised, work goes on"
    });
    let _ = if is_seen {
        window.hide()
    } else {
        window.minimize()
    };
}
