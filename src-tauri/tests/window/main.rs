//! The built program in a real window, on a display without a screen: recordings are dragged in,
//! chosen in the native dialog and handed over by a second start; the text is read, corrected,
//! saved and found again; the program is killed and goes on. `tests/window.md` says which part of
//! the window is tried here and which only in a browser.
//!
//! `EARMARK_PROGRAM` names another program than the one that was built, an installed one perhaps;
//! `EARMARK_PICTURES` a folder for pictures of the window.

#![cfg(target_os = "linux")]

mod backup;
mod bus;
mod captions;
mod closed;
mod closing;
mod display;
mod driver;
mod language;
mod model_server;
mod models;
mod queue;
mod recognised;
mod recording;
mod retranscribe;
#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "it is written for tests, which may unwrap, and not all of it is needed here"
)]
#[path = "../../../crates/audio/tests/capture/server.rs"]
mod server;
mod wait;
mod wheel;
mod window;
mod work;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The right to open a window: one at a time, because computers are small.
fn desk() -> MutexGuard<'static, ()> {
    static DESK: Mutex<()> = Mutex::new(());
    DESK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A recording that comes with the house.
fn sample(name: &str) -> PathBuf {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    samples.join(name)
}

/// A copy of a sample under another name.
fn copy_of(name: &str, copy: PathBuf) -> PathBuf {
    fs::copy(sample(name), &copy).expect("the sample can be copied");
    copy
}

/// A folder that is empty when asked for.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("window")
        .join(name);
    // It is not there the first time.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the build folder can be written to");
    folder
}
