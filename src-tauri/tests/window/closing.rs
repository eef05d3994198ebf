//! The question that a closed window asks during a recording.

use crate::recording::RUNS;
use crate::server::with_server;
use crate::wait::until;
use crate::window::Window;
use crate::{desk, scratch};

const RECORDING: &str = "^Earmark is still recording$";
const TRANSCRIBING: &str = "^Earmark is still transcribing$";

#[test]
fn a_closed_window_asks_about_the_recording_until_that_ends() {
    let name = "closing::a_closed_window_asks_about_the_recording_until_that_ends";
    let _desk = desk();
    with_server(name, || {
        let window = Window::open(&scratch("closing").join("data"));
        window.press("Record");
        window.until("the recording", 60, RUNS);
        window.display.close("^Earmark$");
        until("the question", 60, || window.display.window(RECORDING));
        window.look("window.__TAURI_INTERNALS__.invoke('cancel', { id: 1 }); return true");
        until("the end of the question", 60, || {
            let asked = [RECORDING, TRANSCRIBING].map(|title| window.display.window(title));
            (asked == [None, None]).then_some(())
        });
        window.until_says("No speech was found.");
    });
}
