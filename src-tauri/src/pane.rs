//! A pane is a small window beside the main one: without decoration, on top of all others, with a
//! page (`ui/src/panes`), commands and a channel of its own.

use tauri::ipc::{Channel, Invoke};
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent, Wry};

use crate::commands::pane as commands;
use crate::contract::{Event, Failure};
use crate::desk::Room;
use crate::words::Words;
use crate::{dictation, front};

/// What the main window is called.
pub(crate) const MAIN: &str = "main";

/// What is left below a pane at first: room for a taskbar. Units: logical pixels.
const MARGIN: f64 = 72.0;

/// A kind of pane; there is one of each at most.
pub(crate) struct Pane {
    /// Names the window and its page; `src-tauri/capabilities/panes.json` has it, too.
    pub(crate) name: &'static str,
    /// What the desktop calls the window.
    pub(crate) title: fn(&Words) -> &'static str,
    /// Width and height. Units: logical pixels.
    pub(crate) size: (f64, f64),
    /// Smallest width and height. Units: logical pixels.
    pub(crate) least: (f64, f64),
    /// Whether it can have the keyboard. No pane takes it by itself.
    pub(crate) is_focusable: bool,
}

/// What is being said, for who looks elsewhere than at the main window.
pub(crate) const CAPTIONS: Pane = Pane {
    name: "captions",
    title: |words| words.captions,
    size: (760.0, 190.0),
    least: (280.0, 90.0),
    is_focusable: true,
};

/// How far a dictation is, for who writes in another program.
pub(crate) const PILL: Pane = Pane {
    name: "pill",
    title: |words| words.dictation,
    size: (400.0, 72.0),
    least: (400.0, 72.0),
    is_focusable: false,
};

/// Shows a pane; it is built unless it is there. Waits for the main thread, so not for who holds
/// the room.
///
/// Errors: the system opens no more windows.
pub(crate) fn show(app: &AppHandle, pane: &Pane) -> Result<(), Failure> {
    if let Some(window) = app.get_webview_window(pane.name) {
        return window.show().map_err(|error| Failure::internal(&error));
    }
    let page = WebviewUrl::App(format!("pane.html?pane={}", pane.name).into());
    let mut builder = WebviewWindowBuilder::new(app, pane.name, page)
        .title((pane.title)(front::words_of(app)))
        .inner_size(pane.size.0, pane.size.1)
        .min_inner_size(pane.least.0, pane.least.1)
        .decorations(false)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .skip_taskbar(true)
        .maximizable(false)
        .minimizable(false)
        .focused(false)
        .focusable(pane.is_focusable)
        // What must not have the keyboard is first told so, and then shown.
        .visible(pane.is_focusable);
    if let Some((x, y)) = place(app, pane) {
        builder = builder.position(x, y);
    }
    let built = builder.build();
    built.map(drop).map_err(|error| Failure::internal(&error))
}

/// Where a pane stands until somebody moves it: in the middle of the screen's lower edge.
fn place(app: &AppHandle, pane: &Pane) -> Option<(f64, f64)> {
    let screen = app.primary_monitor().ok()??;
    let scale = screen.scale_factor();
    let (at, size) = (screen.position(), screen.size());
    let (at, size) = (at.to_logical::<f64>(scale), size.to_logical::<f64>(scale));
    let x = at.x + (size.width - pane.size.0) / 2.0;
    let y = at.y + size.height - pane.size.1 - MARGIN;
    Some((x, y))
}

/// Closes a pane, if it is there.
pub(crate) fn close(app: &AppHandle, pane: &Pane) {
    if let Some(window) = app.get_webview_window(pane.name) {
        let _ = window.close();
    }
}

/// Whether a pane is there.
pub(crate) fn is_open(app: &AppHandle, pane: &Pane) -> bool {
    app.get_webview_window(pane.name).is_some()
}

/// Takes in what happens to a window: none stays behind the main one.
pub(crate) fn hear(window: &Window, event: &WindowEvent) {
    let WindowEvent::Destroyed = event else {
        return;
    };
    let app = window.app_handle();
    if window.label() == MAIN {
        for pane in app.webview_windows().values() {
            let _ = pane.destroy();
        }
        return;
    }
    let desk = front::desk(app);
    let mut room = desk.room();
    room.panes.remove(window.label());
    if window.label() == CAPTIONS.name {
        room.tell(Event::Captions { is_open: false });
    }
}

/// Lets panes reach the commands that are theirs, and the main window the others.
pub(crate) fn gate(
    main: impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    let panes: Box<dyn Fn(Invoke<Wry>) -> bool + Send + Sync> = Box::new(tauri::generate_handler![
        commands::open_pane,
        commands::close_pane,
        commands::drag_pane,
        commands::nudge_pane,
        commands::caption_size,
    ]);
    move |invoke| match invoke.message.webview_ref().label() {
        MAIN => main(invoke),
        _ => panes(invoke),
    }
}

impl Room {
    /// A pane that is told its events from now on.
    pub(crate) fn show_on_pane(&mut self, name: &str, events: Channel<Event>) {
        self.panes.insert(name.to_owned(), events);
        dictation::recall(self);
    }

    /// Tells a pane, if it is there.
    pub(crate) fn tell_pane(&self, pane: &Pane, event: Event) {
        if let Some(events) = self.panes.get(pane.name) {
            let _ = events.send(event);
        }
    }

    /// Tells all panes what was chosen.
    pub(crate) fn tell_panes_settings(&self) {
        for events in self.panes.values() {
            let settings = self.settings.clone();
            let _ = events.send(Event::Settings { settings });
        }
    }
}
