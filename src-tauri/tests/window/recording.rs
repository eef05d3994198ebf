//! A recording made in the window, from a microphone that gives what is played into it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use earmark_jobs::recover;
use serde_json::Value;

use crate::server::{control, with_server};
use crate::wait::install;
use crate::window::Window;
use crate::{desk, sample, scratch};

/// The sample that is played.
const SAMPLE: &str = "en-01.flac";

/// The lines of the open transcript, when there are any.
const LINES: &str = "
    const lines = [...document.querySelectorAll('[id^=line-] .text')].map((it) => it.textContent);
    return lines.length > 0 ? lines : null;";

/// The text that is sure, once the microphone is recognised.
const SURE: &str = "
    const pieces = document.querySelectorAll('[role=log] span:not(.tentative)');
    return [...pieces].map((it) => it.textContent).join('');";

/// Whether a second was recorded.
pub(crate) const RUNS: &str =
    "return document.querySelector('[role=timer]').textContent.trim() >= '0:01'";

#[test]
fn what_is_said_is_seen_recorded_and_found_again() {
    let name = "recording::what_is_said_is_seen_recorded_and_found_again";
    let _desk = desk();
    with_server(name, || {
        let data = scratch("said").join("data");
        let window = Window::open(&data);
        window.press("Record");
        window.until("the recording", 60, RUNS);
        play(SAMPLE);
        let truth = truth(SAMPLE);
        window.until("the text", 240, &says(&truth));
        window.press("Stop recording");
        let lines = window.until("the transcript", 240, LINES);
        assert_eq!(joined(&lines), truth);
        window.until(
            "the waveform of the player",
            60,
            "return document.querySelector('canvas') !== null",
        );

        window.look(
            "window.__TAURI_INTERNALS__.invoke('open_entry', { id: 1 })
                .then((it) => (window.seen = it)); return true;",
        );
        let opened = window.until("the entry", 30, "return window.seen ?? null");
        assert!(
            opened["audio_url"].is_string(),
            "the recording can be played"
        );
        let off = times_off(&opened["segments"]);
        assert!(off < 20.0, "word borders are {off:.1} ms off");
        drop(window);

        let window = Window::open(&data);
        window.press("History");
        window.type_into("input[type=search]", "meeting");
        let row = "return document.querySelector('li button.title')?.textContent ?? null";
        let title = window.until("the entry in the history", 60, row);
        let title = title.as_str().expect("a title is text").trim().to_owned();
        assert!(title.starts_with("Recording 2"), "{title}");
    });
}

#[test]
fn what_is_said_in_a_pause_is_not_recorded() {
    let name = "recording::what_is_said_in_a_pause_is_not_recorded";
    let _desk = desk();
    with_server(name, || {
        let data = scratch("paused").join("data");
        let window = Window::open(&data);
        window.press("Record");
        window.until("the recording", 60, RUNS);
        play(SAMPLE);
        window.until("the text", 240, &says(&truth(SAMPLE)));
        window.press("Pause");
        window.until(
            "the pause",
            30,
            "return document.body.textContent.includes('nothing is being recorded')",
        );
        play("en-04.wav");
        window.press("Resume");
        play("en-13.flac");
        window.until("the text after the pause", 240, &says(&truth("en-13.flac")));
        window.press("Stop recording");
        let lines = window.until("the transcript", 240, LINES);
        let expected = [truth(SAMPLE), truth("en-13.flac")].join(" ");
        assert_eq!(joined(&lines), expected);
    });
}

#[test]
fn a_recording_outlives_a_killed_program_and_a_lost_microphone() {
    let name = "recording::a_recording_outlives_a_killed_program_and_a_lost_microphone";
    let _desk = desk();
    with_server(name, || {
        let data = scratch("cut off").join("data");
        let window = Window::open(&data);
        window.press("Record");
        window.until("the recording", 60, RUNS);
        play(SAMPLE);
        // What is seen was on disk before; the last half second may be lost with the program.
        let is_seen =
            "return document.querySelector('[role=log]').textContent.includes('afternoon')";
        window.until("the last word", 240, is_seen);
        window.kill();

        let window = Window::open(&data);
        window.press("Resume");
        let is_done =
            "return document.querySelector('li .state').textContent.trim().startsWith('Done')";
        window.until("the end of the recording", 240, is_done);
        window.press("Open");
        let lines = window.until("the transcript", 60, LINES);
        assert_eq!(joined(&lines), truth(SAMPLE));

        window.press("Back");
        window.press("Record");
        window.until("the next recording", 60, RUNS);
        control(&["unload-module", "module-null-sink"]);
        let says_so =
            "return document.querySelector('[role=status]').textContent.includes('disconnected')";
        window.until("the loss", 60, says_so);
        window.press("Stop recording");
        window.until("an empty transcript", 60, NOTHING);
        let kept = recordings(&data);
        assert_eq!(kept.len(), 2);
        for recording in kept {
            let whole = recover(&recording).expect("it is readable");
            assert!(whole.is_some_and(|it| it.duration.0 >= 1000));
        }
        // There is no microphone any more, and no entry comes of trying.
        window.press("Back");
        window.press("Record");
        let trouble =
            "return document.body.textContent.includes('There is no sound from the microphone')";
        window.until("what is missing", 60, trouble);
        assert_eq!(recordings(&data).len(), 2);
    });
}

/// Whether the page says that there is no speech in the open transcript.
const NOTHING: &str = "return document.body.textContent.includes('No speech was found.')";

/// Plays a sample into the microphone, to its end.
pub(crate) fn play(name: &str) {
    let played = Command::new("paplay")
        .arg("--device=microphone")
        .arg(sample(name))
        .status();
    let played = played.unwrap_or_else(|error| panic!("{error}: {}", install("pulseaudio-utils")));
    assert!(played.success());
}

/// What is said in a sample.
pub(crate) fn truth(name: &str) -> String {
    let text = fs::read_to_string(sample(name).with_extension("txt"));
    let text = text.expect("the sample has a text");
    text.trim().to_owned()
}

/// Waits for this text among what is sure.
fn says(text: &str) -> String {
    format!("const said = (() => {{ {SURE} }})(); return said.includes({text:?})")
}

fn joined(lines: &Value) -> String {
    let lines = lines.as_array().expect("lines are a list").iter();
    let lines: Vec<&str> = lines.filter_map(Value::as_str).collect();
    lines.join(" ")
}

/// Mean distance of the words' borders from the true ones, when the sample is where it fits best.
/// Units: ms.
fn times_off(segments: &Value) -> f64 {
    let truth =
        fs::read(sample(SAMPLE).with_extension("words.json")).expect("the sample has times");
    let truth: Value = serde_json::from_slice(&truth).expect("they are JSON");
    let truth = truth["words"].as_array().expect("words are a list").iter();
    let segments = segments.as_array().expect("segments are a list").iter();
    let found = segments.flat_map(|it| it["words"].as_array().into_iter().flatten());
    let borders = |word: &Value| ["start_ms", "end_ms"].map(|key| word[key].as_f64());
    let pairs = found.flat_map(borders).zip(truth.flat_map(borders));
    let mut shifts: Vec<f64> = pairs.filter_map(|(a, b)| Some(a? - b?)).collect();
    assert!(shifts.len() >= 10, "{shifts:?}");
    shifts.sort_by(f64::total_cmp);
    let shift = shifts[shifts.len() / 2];
    shifts.iter().map(|it| (it - shift).abs()).sum::<f64>() / shifts.len() as f64
}

/// The recordings that the program made.
fn recordings(data: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(data.join("recordings")).expect("there is a folder for them");
    found.flatten().map(|file| file.path()).collect()
}
