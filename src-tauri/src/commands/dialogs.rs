//! Native dialogs: files and folders come from the person through them, and never from a page. They
//! wait for the person, so not for the main thread.

use std::path::PathBuf;

use tauri::{WebviewWindow, Wry};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath, MessageDialogButtons};

/// A file dialog over a window.
pub(crate) fn dialog(window: &WebviewWindow) -> FileDialogBuilder<Wry> {
    window.dialog().file().set_parent(window)
}

/// Asks a question over a window; whether the answer is `yes`.
pub(crate) fn confirm(
    window: &WebviewWindow,
    title: &str,
    question: String,
    yes: &str,
    no: &str,
) -> bool {
    let buttons = MessageDialogButtons::OkCancelCustom(yes.into(), no.into());
    let dialog = window.dialog().message(question).title(title);
    dialog.buttons(buttons).parent(window).blocking_show()
}

/// The path that was chosen.
pub(crate) fn path(chosen: Option<FilePath>) -> Option<PathBuf> {
    chosen.and_then(|chosen| chosen.into_path().ok())
}

/// The paths that were chosen; `None` when the person changed their mind.
pub(crate) fn paths(chosen: Option<Vec<FilePath>>) -> Option<Vec<PathBuf>> {
    let paths = chosen?
        .into_iter()
        .filter_map(|chosen| chosen.into_path().ok());
    Some(paths.collect())
}
