//! The built program in a real window: a person presses the button, chooses a file in the native
//! dialog, and reads what comes.
//!
//! What comes is held against [`earmark_jobs`] on the same file, not against a fixed text.

#![cfg(target_os = "linux")]

mod display;
mod driver;
mod wait;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use earmark_jobs::{AlignerChoice, DEMO, End, Event, Job, Queue, Settings};
use serde_json::json;

use driver::Window;

/// One window at a time: the dialog listens to one keyboard, and computers are small.
static DESK: Mutex<()> = Mutex::new(());

#[test]
fn a_recording_becomes_the_text_that_the_queue_gives() {
    let _desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/en-01.flac");
    let (segments, end) = transcribe(&recording);
    assert!(matches!(end, End::Done(_)), "{end:?}");
    assert!(!segments.is_empty(), "the demo hears something in it");

    let window = Window::open();
    let page = window.page();
    assert_eq!(page["heading"], "Earmark");
    assert_eq!(page["choose"], "Choose a recording…");
    window.click("#choose");
    window.display.choose(&recording);

    let page = window.page_at_the_end();
    assert_eq!(page["status"], "Done: en-01.flac", "{page}");
    assert_eq!(page["segments"], json!(segments), "{page}");
    assert_eq!(page["focus"], "choose", "ready for the next: {page}");
}

#[test]
fn a_broken_recording_is_named_with_what_to_do() {
    let _desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    let recording = scratch("broken").join("x.wav");
    fs::write(&recording, "These are words, and no sound.\n").expect("the file can be written");
    let (_, end) = transcribe(&recording);
    let End::Failed(failure) = end else {
        panic!("{end:?}");
    };

    let window = Window::open();
    assert_eq!(
        window.page()["focus"],
        "choose",
        "nothing but Enter is needed"
    );
    window.press_enter();
    window.display.choose(&recording);

    let page = window.page_at_the_end();
    let path = recording.display().to_string();
    let message = failure.message.replace(&path, "x.wav");
    assert_eq!(page["status"], format!("This did not work. {message}."));
    assert_eq!(page["segments"], json!([]), "{page}");
}

/// The texts of the segments that the queue gives for a recording, and how it ended.
fn transcribe(recording: &Path) -> (Vec<String>, End) {
    let (mut queue, events) = Queue::start();
    queue.submit(Job {
        aligner: AlignerChoice::Auto,
        recording: recording.to_owned(),
        model: DEMO.to_owned(),
        settings: Settings::default(),
        language: None,
        context: String::new(),
        longest_piece_s: None,
    });
    let mut segments = Vec::new();
    for event in events {
        match event {
            Event::Segment(_, segment) => segments.push(segment.text),
            Event::Ended { end, .. } => return (segments, end),
            _ => {}
        }
    }
    panic!("the queue went away without a word");
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
