//! The built program in a real window: a person chooses recordings in the native dialog, reads
//! what comes, corrects it, saves subtitles, and finds everything again after a restart.
//!
//! What comes is held against [`earmark_jobs`] on the same file, not against a fixed text.

#![cfg(target_os = "linux")]

mod display;
mod driver;
mod recording;
#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "it is written for tests, which may unwrap, and not all of it is needed here"
)]
#[path = "../../../crates/audio/tests/capture/server.rs"]
mod server;
mod wait;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use earmark_jobs::{AlignerChoice, DEMO, End, Job, Ms, Queue, Settings, Transcript};
use earmark_transcript::cues::Rules;
use earmark_transcript::export::{Format, Options, render};
use serde_json::json;

use driver::Window;

/// One window at a time: the dialog listens to one keyboard, and computers are small.
static DESK: Mutex<()> = Mutex::new(());

/// The lines of the open transcript, when there are any.
const LINES: &str = "
    const lines = [...document.querySelectorAll('[id^=line-] .text')].map((it) => it.textContent);
    return lines.length > 0 ? lines : null;";

/// Whether a correction that ends with ` Listen!` is kept.
const SAVED: &str = "
    const said = [...document.querySelectorAll('[role=status]')].map((it) => it.textContent.trim());
    return document.querySelector('[id^=line-] .text').textContent.endsWith(' Listen!') && said.includes('Saved');";

/// Whether the second row of the queue has come to a good end.
const SECOND_IS_DONE: &str = "
    const states = [...document.querySelectorAll('li .state')].map((it) => it.textContent.trim());
    return states.length === 2 && states[1].startsWith('Done');";

#[test]
fn a_recording_becomes_text_is_corrected_exported_and_found_again() {
    let _desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = scratch("whole");
    let recording = folder.join("the sample.flac");
    fs::copy(sample(), &recording).expect("the sample can be copied");
    let End::Done(transcript) = transcribe(&recording) else {
        panic!("the demo hears its sample");
    };
    let texts: Vec<&str> = transcript
        .segments
        .iter()
        .map(|it| it.text.as_str())
        .collect();
    assert!(!texts.is_empty(), "the demo hears something in it");

    let data = folder.join("data");
    let window = Window::open(&data);
    window.press("Choose recordings…");
    window.display.choose(&recording);
    window.press("Open");
    let lines = window.until("the transcript", 60, LINES);
    assert_eq!(lines, json!(texts));
    let has_player = "return document.querySelector('canvas') !== null";
    window.until("the waveform of the player", 60, has_player);

    window.press("Export…");
    window.press("Save next to the recording");
    let subtitles = folder.join("the sample.srt");
    let written = wait::until("the subtitles on disk", 60, || {
        fs::read_to_string(&subtitles).ok()
    });
    assert_eq!(written, srt(&transcript));

    window.press("Edit");
    window.type_into("textarea", " Listen!");
    let corrected = format!("{} Listen!", texts[0]);
    window.until("the correction", 60, SAVED);
    drop(window);

    let window = Window::open(&data);
    window.press("History");
    window.type_into("input[type=search]", "listen");
    let title = "return document.body.textContent.includes('the sample')";
    window.until("the entry in the history", 60, title);
    window.press("the sample");
    let lines = window.until("the transcript", 60, LINES);
    assert_eq!(lines[0], corrected);
}

#[test]
fn a_broken_recording_says_so_and_the_queue_goes_on() {
    let _desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = scratch("broken");
    let recording = folder.join("x.wav");
    fs::write(&recording, "These are words, and no sound.\n").expect("the file can be written");
    assert!(matches!(transcribe(&recording), End::Failed(_)));

    let window = Window::open(&folder.join("data"));
    window.press("Choose recordings…");
    window.display.choose(&recording);
    let failure = "return document.querySelector('li .state.bad') !== null";
    window.until("the failure", 120, failure);

    window.press("Choose recordings…");
    window.display.choose(&sample());
    window.until("the end of the second recording", 120, SECOND_IS_DONE);
}

#[test]
fn a_dropped_folder_is_heard_and_gone_on_with_after_the_program_was_stopped() {
    let _desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = scratch("dropped");
    let recordings = folder.join("recordings");
    fs::create_dir_all(&recordings).expect("the build folder can be written to");
    let long = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/en-dialogue.flac");
    fs::copy(long, recordings.join("a.flac")).expect("the sample can be copied");
    fs::copy(sample(), recordings.join("b.flac")).expect("the sample can be copied");
    let data = folder.join("data");

    let window = Window::open(&data);
    let held = window.display.drag(&recordings);
    window.until(
        "the sign to let go",
        30,
        "return document.querySelector('.drop') !== null",
    );
    held.drop_here();
    let begun = "return document.querySelector('li button.title') !== null";
    window.until("the first segment", 120, begun);
    drop(window);

    let window = Window::open(&data);
    window.press("Go on");
    window.until("the end of the second recording", 300, SECOND_IS_DONE);
    let first = "return document.querySelector('li .state').textContent.trim().startsWith('Done')";
    window.until("the end of the first recording", 300, first);
    window.press("a");
    window.until("the transcript", 60, LINES);
    let times = "
        const times = [...document.querySelectorAll('[data-play]')].map((it) => +it.dataset.play);
        return times.every((time, i) => i === 0 || time > times[i - 1]) && times.length";
    let n_lines = window.until("lines in the order of the recording", 30, times);
    assert!(
        n_lines.as_u64().is_some_and(|n_lines| n_lines > 5),
        "{n_lines}"
    );
}

#[test]
fn the_page_reaches_nothing_but_its_commands() {
    let _desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    let window = Window::open(&scratch("closed").join("data"));
    let foreign = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback has free ports");
    foreign.set_nonblocking(true).expect("a socket can be told");
    let port = foreign.local_addr().expect("it is bound").port();
    window.look(&format!(
        "window.seen = {{}};
         const note = (name) => [() => (window.seen[name] = 'reached'),
                                 () => (window.seen[name] = 'refused')];
         const ask = (name) => window.__TAURI_INTERNALS__.invoke(name, {{}});
         ask('read_log').then(...note('undeclared'));
         ask('plugin:fs|read_file').then(...note('plugin'));
         fetch('file:///etc/passwd').then(...note('file'));
         fetch('http://127.0.0.1:{port}/').then(...note('loopback'));
         const script = document.createElement('script');
         script.textContent = 'window.seen.inline = \"reached\"';
         document.head.append(script);
         const image = new Image();
         image.src = 'http://127.0.0.1:{port}/image';
         image.onload = note('image')[0];
         image.onerror = note('image')[1];
         return true;"
    ));
    let all = "return Object.keys(window.seen).length >= 5 ? window.seen : null";
    let seen = window.until("every refusal", 30, all);
    let refused = ["undeclared", "plugin", "file", "loopback", "image"];
    let refused = refused.map(|name| (name.to_owned(), json!("refused")));
    assert_eq!(seen, json!(serde_json::Map::from_iter(refused)));
    assert!(foreign.accept().is_err(), "no request was sent");
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/en-01.flac")
}

/// How a recording ends in a queue of its own.
fn transcribe(recording: &Path) -> End {
    let (mut queue, events) = Queue::start();
    queue.submit(Job {
        recording: recording.to_owned(),
        model: DEMO.to_owned(),
        aligner: AlignerChoice::Auto,
        settings: Settings::default(),
        language: None,
        context: String::new(),
        from: Ms(0),
        longest_piece_s: None,
    });
    for event in events {
        if let earmark_jobs::Event::Ended { end, .. } = event {
            return end;
        }
    }
    panic!("the queue went away without a word");
}

/// The subtitles that the defaults of the window give.
fn srt(transcript: &Transcript) -> String {
    let options = Options {
        rules: Some(Rules::broadcast()),
        ..Options::default()
    };
    let file = render(Format::Srt, transcript, "the sample.flac", &options);
    String::from_utf8(file).expect("subtitles are text")
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
