//! What becomes of the program when its main window is closed.
//!
//! Who closes the window while there is work is asked whether the work goes on in the background;
//! otherwise closing it ends the program. Quitting, from the tray or as the system asks for it,
//! always ends it: what is finished is kept, and the next start goes on from there.

use std::sync::atomic::{AtomicBool, Ordering};

use earmark_app::{Words, log};
use tauri::{Manager, Window, WindowEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogResult};

use crate::commands::app;
use crate::tray;
use crate::window_names::MAIN;

/// Whether the question is on the screen.
static IS_ASKED: AtomicBool = AtomicBool::new(false);

/// What a person wants who closed the window while there is work.
#[derive(Debug, PartialEq, Eq)]
enum CloseChoice {
    GoOnBehind,
    Quit,
    Stay,
}

impl CloseChoice {
    fn of(answer: &MessageDialogResult, words: &Words) -> Self {
        match answer {
            MessageDialogResult::Yes => Self::GoOnBehind,
            MessageDialogResult::No => Self::Quit,
            MessageDialogResult::Custom(said) if said == words.go_on_behind => Self::GoOnBehind,
            MessageDialogResult::Custom(said) if said == words.stop_and_quit => Self::Quit,
            _ => Self::Stay,
        }
    }
}

/// Takes in that the main window is closed.
pub(crate) fn receive(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event
        && window.label() == MAIN
        && app(window.app_handle()).is_working()
    {
        api.prevent_close();
        ask(window);
    }
}

/// Asks what closing the window shall mean.
fn ask(window: &Window) {
    let handle = window.app_handle().clone();
    if IS_ASKED.swap(true, Ordering::Relaxed) {
        return;
    }
    let words = app(&handle).words();
    let buttons = MessageDialogButtons::YesNoCancelCustom(
        words.go_on_behind.to_owned(),
        words.stop_and_quit.to_owned(),
        words.stay.to_owned(),
    );
    let window = window.clone();
    let dialog = handle.dialog().message(words.still_working_more);
    dialog
        .title(words.still_working)
        .parent(&window)
        .buttons(buttons)
        .show_with_result(move |answer| {
            IS_ASKED.store(false, Ordering::Relaxed);
            match CloseChoice::of(&answer, words) {
                CloseChoice::GoOnBehind => put_behind(&window),
                CloseChoice::Quit => handle.exit(0),
                CloseChoice::Stay => {}
            }
        });
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

#[cfg(test)]
mod tests {
    use tauri_plugin_dialog::MessageDialogResult;

    use super::CloseChoice;
    use earmark_app::api::InterfaceLanguage;
    use earmark_app::words;

    #[test]
    fn only_a_clear_answer_ends_the_program() {
        for language in [InterfaceLanguage::English, InterfaceLanguage::Chinese] {
            let words = words(language);
            let check = |answer, expected| assert_eq!(CloseChoice::of(&answer, words), expected);
            let said = |text: &str| MessageDialogResult::Custom(text.to_owned());
            check(said(words.stop_and_quit), CloseChoice::Quit);
            check(said(words.go_on_behind), CloseChoice::GoOnBehind);
            check(said(words.stay), CloseChoice::Stay);
            check(said(""), CloseChoice::Stay);
            check(MessageDialogResult::Cancel, CloseChoice::Stay);
        }
    }
}
