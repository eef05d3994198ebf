//! Files and folders dropped on the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use tauri::{DragDropEvent, Manager, Window, WindowEvent};

use crate::contract::{Event, Phase};
use crate::desk::Desk;
use crate::order;
use crate::pane::MAIN;

/// Takes in what is dropped on the main window.
pub(crate) fn hear(window: &Window, event: &WindowEvent) {
    let WindowEvent::DragDrop(event) = event else {
        return;
    };
    if window.label() != MAIN {
        return;
    }
    let desk = Arc::clone(&window.state::<Arc<Desk>>());
    match event {
        DragDropEvent::Enter { .. } => tell(desk, Phase::Over, Vec::new()),
        DragDropEvent::Leave => tell(desk, Phase::Left, Vec::new()),
        DragDropEvent::Drop { paths, .. } => tell(desk, Phase::Dropped, paths.clone()),
        _ => {}
    }
}

/// Tells the page and queues what was dropped, on a thread that may wait.
fn tell(desk: Arc<Desk>, phase: Phase, paths: Vec<PathBuf>) {
    thread::spawn(move || {
        desk.room().tell(Event::Drag { phase });
        if paths.is_empty() {
            return;
        }
        let found = order::recordings(&paths);
        let mut room = desk.room();
        let added = found.and_then(|recordings| room.add(recordings).map(drop));
        room.note(added);
    });
}
