//! Files and folders dropped on the window.

use std::path::PathBuf;
use std::thread;

use earmark_app::api::DragPhase;
use tauri::{DragDropEvent, Manager, Window, WindowEvent};

use crate::commands::app;
use crate::window_names::MAIN;

/// Takes in what is dropped on the main window.
pub(crate) fn receive(window: &Window, event: &WindowEvent) {
    let WindowEvent::DragDrop(event) = event else {
        return;
    };
    if window.label() != MAIN {
        return;
    }
    match event {
        DragDropEvent::Enter { .. } => tell(window, DragPhase::Over, Vec::new()),
        DragDropEvent::Leave => tell(window, DragPhase::Left, Vec::new()),
        DragDropEvent::Drop { paths, .. } => tell(window, DragPhase::Dropped, paths.clone()),
        _ => {}
    }
}

/// Tells the application, on a thread that may wait.
fn tell(window: &Window, phase: DragPhase, paths: Vec<PathBuf>) {
    let app = app(window.app_handle());
    thread::spawn(move || app.dragged(phase, paths));
}
