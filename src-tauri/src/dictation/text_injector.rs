//! The text injector of this system: keyboard and clipboard.

use earmark_app::TextInjector;
use earmark_app::api::{Code, Failure};
use tauri::{AppHandle, Manager};

use super::clipboard;
use super::keyboard::{Keyboard, Paste};
use crate::desktop::Desktop;

/// Presses keys that other programs take for a person's.
pub(crate) struct SystemInjector {
    app: AppHandle,
}

impl SystemInjector {
    pub(crate) fn new(app: &AppHandle) -> Self {
        Self { app: app.clone() }
    }

    fn type_with(&self, mut keyboard: Keyboard, text: &str) -> Result<(), Failure> {
        let text = text.to_owned();
        press(&self.app, move || keyboard.type_out(&text))
    }
}

impl TextInjector for SystemInjector {
    fn paste(&mut self, text: &str) -> Result<(), Failure> {
        let mut keyboard = Keyboard::open()?;
        let way = keyboard.way_to_paste();
        if way == Paste::Nowhere {
            return self.type_with(keyboard, text);
        }
        let set = clipboard::set_temporarily(&self.app, text)?;
        let pressed = press(&self.app, move || keyboard.paste(way));
        let is_taken = pressed.is_ok() && set.wait();
        set.restore(&self.app);
        let nobody = || Failure::new(Code::Internal, "no program took the text");
        pressed.and_then(|()| is_taken.then_some(()).ok_or_else(nobody))
    }

    fn type_out(&mut self, text: &str) -> Result<(), Failure> {
        self.type_with(Keyboard::open()?, text)
    }

    fn copy(&mut self, text: &str) -> Result<(), Failure> {
        self.app.state::<Desktop>().copy(text)
    }
}

/// Presses keys where the system wants that to be done.
#[cfg(target_os = "linux")]
fn press(
    _: &AppHandle,
    keys: impl FnOnce() -> Result<(), Failure> + Send + 'static,
) -> Result<(), Failure> {
    keys()
}

/// Presses keys where the system wants that to be done: macOS knows the layout of the keyboard on
/// the main thread only.
#[cfg(not(target_os = "linux"))]
fn press(
    app: &AppHandle,
    keys: impl FnOnce() -> Result<(), Failure> + Send + 'static,
) -> Result<(), Failure> {
    let (tell, told) = std::sync::mpsc::channel();
    app.run_on_main_thread(move || {
        let _ = tell.send(keys());
    })
    .map_err(|error| Failure::internal(&error))?;
    told.recv().map_err(|error| Failure::internal(&error))?
}
