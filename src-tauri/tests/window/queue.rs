//! Recordings that come in every way there is, and what becomes of them.

use std::fs;
use std::path::Path;

use earmark_jobs::{End, Ms};
use earmark_store::{Entry, Filter, Stage, Store};

use crate::recognised::{recognised, transcript};
use crate::window::Window;
use crate::work::{WATCH_QUEUE, done, recognised_s, told};
use crate::{copy_of, desk, scratch};

#[test]
fn a_broken_recording_says_so_and_the_queue_goes_on() {
    let _desk = desk();
    let folder = scratch("broken");
    let recordings = folder.join("recordings");
    fs::create_dir_all(&recordings).expect("the build folder can be written to");
    let broken = recordings.join("a broken one.wav");
    // It begins like a recording and has no sound.
    let header = b"RIFF\x10\0\0\0WAVEfmt \x04\0\0\0\0\0\0\0";
    fs::write(&broken, header).expect("the file can be written");
    assert!(matches!(recognised(&broken), End::Failed(_)));
    copy_of("en-05.flac", recordings.join("behind it.flac"));
    let chosen = copy_of("en-03.flac", folder.join("chosen.flac"));

    let window = Window::open(&folder.join("data"));
    window.look(WATCH_QUEUE);
    window.drop_files(&[&recordings]);
    let failure = "return document.querySelector('li .state.bad')?.textContent.trim()";
    let failure = window.until("the failure", 120, failure);
    let advice =
        "No readable audio was found in this file. Choose another file, or repair this one.";
    assert_eq!(failure, advice);
    window.until("the end of the one behind it", 120, &done("behind it"));

    window.press("Choose recordings…");
    window.display.choose("Choose recordings", &chosen);
    window.until("the end of the chosen one", 120, &done("chosen"));
    let last = told(&window, "a broken one").pop();
    assert_eq!(last.map(|(line, _)| line).as_deref(), Some(advice));
}

#[test]
fn a_killed_program_goes_on_behind_the_last_finished_piece() {
    let _desk = desk();
    let folder = scratch("killed");
    let recording = copy_of("zh-dialogue.flac", folder.join("long.flac"));
    let whole = transcript(&recording);

    let data = folder.join("data");
    let window = Window::open(&data);
    window.drop_files(&[&recording]);
    let begun = "return document.querySelector('li button.title') !== null";
    window.until("the first finished piece", 120, begun);
    window.kill();

    let (left, _) = stored(&data);
    assert_eq!(left.state.stage(), Stage::Interrupted);
    assert!(left.recognised_until > Ms(0), "a piece was finished");

    let window = Window::open(&data);
    window.until_says("Unfinished; can be resumed");
    window.look(WATCH_QUEUE);
    window.press("Resume");
    window.press("Pause long");
    window.until_says("Paused");
    window.press("Resume long");
    window.until("the end of the recording", 300, &done("long"));
    let times: Vec<u32> = told(&window, "long")
        .iter()
        .filter_map(|(line, _)| recognised_s(line))
        .collect();
    assert!(
        times
            .first()
            .is_some_and(|first| first * 1000 + 999 >= left.recognised_until.0),
        "{times:?} s after {:?}",
        left.recognised_until
    );
    drop(window);

    let (_, kept) = stored(&data);
    assert_eq!(kept, whole);
}

#[test]
fn a_second_start_hands_its_files_over_and_ends() {
    let _desk = desk();
    let folder = scratch("again");
    let first = copy_of("en-05.flac", folder.join("first.flac"));
    let second = copy_of("en-03.flac", folder.join("second.flac"));

    let window = Window::open(&folder.join("data"));
    assert!(window.start_again(&[&first, &second]).success());
    window.until("the end of the first", 120, &done("first"));
    window.until("the end of the second", 120, &done("second"));
}

/// The only entry of a history, and its transcript.
fn stored(data: &Path) -> (Entry, earmark_jobs::Transcript) {
    let store = Store::open(&data.join("history.db")).expect("nobody else has it open");
    let entries = store.list(&Filter::default(), None, usize::MAX);
    let mut entries = entries.expect("it can be read");
    assert_eq!(entries.len(), 1);
    let entry = entries.remove(0);
    let transcript = store.transcript(entry.id).expect("it can be read");
    (entry, transcript)
}
