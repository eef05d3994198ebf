//! The window in front of everything else, behind it, and on its way out.
//!
//! Who closes the window while a recording is being heard is asked whether the work goes on
//! behind; otherwise closing it ends the program. Quitting, from the tray or as the system asks
//! for it, always ends it: what is finished is kept, and the next start goes on from there.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use earmark_store::ItemId;
use tauri::{AppHandle, Manager, WebviewWindow, Window, WindowEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogResult};

use crate::contract::{Event, Failure};
use crate::desk::{Desk, Room};
use crate::notice::Over;
use crate::pane::MAIN;
use crate::words::Words;
use crate::{log, order, toast, tray, words};

/// What is known of the window.
#[derive(Default)]
pub(crate) struct Front {
    has_focus: AtomicBool,
    is_asked: AtomicBool,
}

/// What a person wants who closed the window while there is work.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    GoOnBehind,
    Quit,
    Stay,
}

impl Wish {
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

/// Takes in what happens to the main window.
pub(crate) fn hear(window: &Window, event: &WindowEvent) {
    if window.label() != MAIN {
        return;
    }
    match event {
        WindowEvent::Focused(has_focus) => {
            let front = window.state::<Front>();
            front.has_focus.store(*has_focus, Ordering::Relaxed);
        }
        WindowEvent::CloseRequested { api, .. }
            if desk(window.app_handle()).room().is_working() =>
        {
            api.prevent_close();
            ask(window);
        }
        _ => {}
    }
}

/// Asks what closing the window shall mean.
fn ask(window: &Window) {
    let app = window.app_handle().clone();
    if app.state::<Front>().is_asked.swap(true, Ordering::Relaxed) {
        return;
    }
    let words = words_of(&app);
    let buttons = MessageDialogButtons::YesNoCancelCustom(
        words.go_on_behind.to_owned(),
        words.stop_and_quit.to_owned(),
        words.stay.to_owned(),
    );
    let window = window.clone();
    let dialog = app.dialog().message(words.still_working_more);
    dialog
        .title(words.still_working)
        .parent(&window)
        .buttons(buttons)
        .show_with_result(move |answer| {
            app.state::<Front>()
                .is_asked
                .store(false, Ordering::Relaxed);
            match Wish::of(&answer, words) {
                Wish::GoOnBehind => put_behind(&window),
                Wish::Quit => app.exit(0),
                Wish::Stay => {}
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

/// Brings the window to the front. `startup_id` is what the desktop gave for it; some do not let
/// a window come to the front without.
pub(crate) fn raise(app: &AppHandle, startup_id: Option<String>) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let _ = app.run_on_main_thread(move || {
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
pub(crate) fn show_entry(app: &AppHandle, entry: ItemId, startup_id: Option<String>) {
    raise(app, startup_id);
    log::info(&format!("entry {} is shown", entry.0));
    let id = entry.0;
    desk(app).room().tell(Event::Show { id, at_ms: None });
}

/// Queues files that came with a start or from the system, on a thread that may wait.
pub(crate) fn take_in(desk: Arc<Desk>, files: Vec<PathBuf>) {
    if files.is_empty() {
        return;
    }
    thread::spawn(move || {
        log::info(&format!("{} files are handed over", files.len()));
        let found = order::recordings(&files);
        let mut room = desk.room();
        let added = found.and_then(|recordings| room.add(recordings).map(drop));
        room.note(added);
    });
}

/// Tells a person who looks elsewhere that there is nothing left to do.
pub(crate) fn announce(app: &AppHandle, over: &Over) {
    let desk = desk(app);
    let room = desk.room();
    let has_last = room.last_done.is_some();
    let is_wished = room.settings.notify_when_done;
    let words = words::of(room.settings.interface_language);
    let title = |id| Some(room.store.item(id).ok()?.asked.name);
    let notice = over.notice(words, title);
    drop(room);
    tray::allow_copy(app, has_last);
    let has_focus = app.state::<Front>().has_focus.load(Ordering::Relaxed);
    let notice = notice.filter(|_| is_wished && !has_focus);
    if let Some(notice) = notice {
        let app = app.clone();
        thread::spawn(move || toast::show(&app, &notice, words));
    }
}

/// Takes over what the settings say outside the page.
pub(crate) fn settings_changed(app: &AppHandle) {
    let has_last = desk(app).room().last_done.is_some();
    tray::speak(app, words_of(app));
    tray::allow_copy(app, has_last);
}

/// Puts the text of the transcript that was finished last on the clipboard.
pub(crate) fn copy_last(room: &mut Room) -> Result<(), Failure> {
    let item = room.last_done.and_then(|id| room.store.item(id).ok());
    if item.is_none_or(|item| item.deleted.is_some()) {
        room.recall_last()?;
    }
    let Some(id) = room.last_done else {
        return Ok(());
    };
    let text = crate::commands::export::text(room, id)?;
    room.copy(text)
}

pub(crate) fn words_of(app: &AppHandle) -> &'static Words {
    words::of(desk(app).room().settings.interface_language)
}

pub(crate) fn desk(app: &AppHandle) -> Arc<Desk> {
    Arc::clone(&app.state::<Arc<Desk>>())
}

#[cfg(test)]
mod tests {
    use tauri_plugin_dialog::MessageDialogResult;

    use super::Wish;
    use crate::contract::InterfaceLanguage;
    use crate::words;

    #[test]
    fn only_a_clear_answer_ends_the_program() {
        for language in [InterfaceLanguage::English, InterfaceLanguage::Chinese] {
            let words = words::of(language);
            let check = |answer, expected| assert_eq!(Wish::of(&answer, words), expected);
            let said = |text: &str| MessageDialogResult::Custom(text.to_owned());
            check(said(words.stop_and_quit), Wish::Quit);
            check(said(words.go_on_behind), Wish::GoOnBehind);
            check(said(words.stay), Wish::Stay);
            check(said(""), Wish::Stay);
            check(MessageDialogResult::Cancel, Wish::Stay);
        }
    }
}
