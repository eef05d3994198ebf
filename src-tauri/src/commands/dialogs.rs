//! Native dialogs: files and folders come from the person through them, and never from a page. They
//! wait for the person, so not for the main thread.

use std::path::PathBuf;

use tauri::{WebviewWindow, Wry};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};

/// A file dialog over a window.
pub(crate) fn dialog(window: &WebviewWindow) -> FileDialogBuilder<Wry> {
    window.dialog().file().set_parent(window)
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
