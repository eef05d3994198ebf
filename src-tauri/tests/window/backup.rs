//! What is deleted for good, and the file that brings it back.

use std::path::Path;

use earmark_store::{NewEntry, Origin, Store};
use earmark_transcript::{Ms, Segment, Timing, Transcript};
use jiff::Timestamp;
use serde_json::json;

use crate::window::Window;
use crate::work::LINES;
use crate::{desk, scratch};

/// What the only transcript says.
const SAID: &str = "Everything that was said on the hill.";

#[test]
fn what_is_deleted_for_good_comes_back_from_a_backup() {
    let _desk = desk();
    let folder = scratch("backup");
    let data = folder.join("data");
    keep(&data.join("history.db"));

    let window = Window::open(&data);
    window.press("Settings");
    window.press("Back up…");
    // A name without an ending gets one.
    let file = folder.join("everything");
    window.display.choose("Back up everything", &file);
    window.until_says("Saved as everything.backup");

    window.press("History");
    window.press("Delete the hill");
    window.until_says("1 transcript deleted");
    window.press("Deleted");
    window.click("input[aria-label='Select the hill']");
    window.press("Delete permanently");
    window.click("dialog button[value=yes]");
    window.until_says("No deleted transcripts.");
    window.press("All");
    window.until_says("No transcripts yet.");

    window.press("Settings");
    window.press("Restore…");
    let file = folder.join("everything.backup");
    window.display.choose("Choose a backup", &file);
    window.until_says("1 transcript added");
    window.press("History");
    window.press("All");
    window.press("the hill");
    assert_eq!(window.until("the transcript", 60, LINES), json!([SAID]));
}

/// Puts a transcript into a new history.
fn keep(history: &Path) {
    let mut store = Store::open(history).expect("the build folder can be written to");
    let id = store.add(&NewEntry {
        source: "/recordings/the hill.wav".into(),
        name: "the hill".into(),
        origin: Origin::File,
        created: Timestamp::now(),
        model: "demo".into(),
        language: None,
        context: String::new(),
    });
    let line = Segment {
        start: Ms(0),
        end: Ms(4000),
        text: SAID.into(),
        language: "English".into(),
        timing: Timing::Piece,
        speaker: None,
        words: Vec::new(),
    };
    let transcript = Transcript::assemble(Ms(4000), vec![line], Vec::new());
    let kept = id.and_then(|id| store.finish(id, &transcript));
    kept.expect("the history can be written to");
}
