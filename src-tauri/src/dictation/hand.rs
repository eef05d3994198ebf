//! The hand at the real keyboard and clipboard.

use tauri::AppHandle;

use super::clipboard;
use super::insert::Hand;
use super::keyboard::{Keyboard, Paste};
use crate::contract::{Code, Failure};
use crate::front;

/// Presses keys that other programs take for a person's.
pub(crate) struct Fingers {
    app: AppHandle,
}

impl Fingers {
    pub(crate) fn of(app: &AppHandle) -> Self {
        Self { app: app.clone() }
    }

    fn type_with(&self, mut keyboard: Keyboard, text: &str) -> Result<(), Failure> {
        let text = text.to_owned();
        strike(&self.app, move || keyboard.type_out(&text))
    }
}

impl Hand for Fingers {
    fn paste(&mut self, text: &str) -> Result<(), Failure> {
        let mut keyboard = Keyboard::open()?;
        let way = keyboard.way_to_paste();
        if way == Paste::Nowhere {
            return self.type_with(keyboard, text);
        }
        let lent = clipboard::lend(&self.app, text)?;
        let struck = strike(&self.app, move || keyboard.paste(way));
        let is_taken = struck.is_ok() && lent.wait();
        lent.give_back(&self.app);
        let nobody = || Failure::new(Code::Internal, "no program took the text");
        struck.and_then(|()| is_taken.then_some(()).ok_or_else(nobody))
    }

    fn type_out(&mut self, text: &str) -> Result<(), Failure> {
        self.type_with(Keyboard::open()?, text)
    }

    fn copy(&mut self, text: &str) -> Result<(), Failure> {
        front::desk(&self.app).room().copy(text.to_owned())
    }
}

/// Presses keys where the system wants that to be done.
#[cfg(target_os = "linux")]
fn strike(
    _: &AppHandle,
    strokes: impl FnOnce() -> Result<(), Failure> + Send + 'static,
) -> Result<(), Failure> {
    strokes()
}

/// Presses keys where the system wants that to be done: macOS knows the layout of the keyboard on
/// the main thread only.
#[cfg(not(target_os = "linux"))]
fn strike(
    app: &AppHandle,
    strokes: impl FnOnce() -> Result<(), Failure> + Send + 'static,
) -> Result<(), Failure> {
    let (tell, told) = std::sync::mpsc::channel();
    app.run_on_main_thread(move || {
        let _ = tell.send(strokes());
    })
    .map_err(|error| Failure::internal(&error))?;
    told.recv().map_err(|error| Failure::internal(&error))?
}
