//! How soon a key is painted in the real window, in a transcript of 40,000 words that lies in a
//! real history, and how soon that transcript is there.
//!
//! `cargo bench -p earmark-desktop --bench typing`, or `cargo xtask typing`. The window shows on a
//! display without a screen. A key counts from the moment the page hears of it to the second frame
//! that begins afterwards: the first draws what the key changed, so it is painted by then.

#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

#[path = "../tests/window/bus.rs"]
mod bus;
#[expect(dead_code, reason = "nothing is dragged and no dialog opens here")]
#[path = "../tests/window/display.rs"]
mod display;
#[path = "../tests/window/driver.rs"]
mod driver;
#[path = "../tests/window/wait.rs"]
mod wait;
#[expect(dead_code, reason = "only keys and looks at the page are needed here")]
#[path = "../tests/window/window.rs"]
mod window;

use std::fs;
use std::path::{Path, PathBuf};

use earmark_store::{NewItem, Origin, Store};
use earmark_transcript::{Ms, Segment, Timing, Transcript, Word};
use jiff::Timestamp;
use serde_json::Value;

use crate::window::Window;

/// Lines of the transcript, and words of a line.
const N_LINES: u32 = 2700;
const N_WORDS: u32 = 15;

/// Opens the transcript, and notes when its first line has been drawn.
const OPEN: &str = "
    window.measured = null;
    const began = performance.now();
    document.querySelector('li button.title').click();
    const look = () => {
        if (!document.querySelector('#line-0 .text')) return requestAnimationFrame(look);
        window.measured = performance.now() - began;
    };
    requestAnimationFrame(look);
    return true;";

/// Notes from now on how long every key takes to its second frame.
const WATCH_KEYS: &str = "
    window.measured = [];
    document.addEventListener('keydown', () => {
        const began = performance.now();
        requestAnimationFrame(() => requestAnimationFrame(() => {
            window.measured.push(performance.now() - began);
        }));
    }, true);
    return true;";

fn main() {
    let data = scratch("typing").join("data");
    keep(&data.join("history.db"));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "load average {}",
        load.split(' ').next().unwrap_or_default()
    );

    let mut opened = Vec::new();
    let window = Window::open(&data);
    for _ in 0..5 {
        window.press("History");
        window.until(
            "the history",
            60,
            "return document.querySelector('li button.title') !== null",
        );
        window.look(OPEN);
        let spent = window.until("the transcript", 60, "return window.measured");
        opened.extend(spent.as_f64());
    }
    say("open to first text", &mut opened);

    // At the end of the transcript, a key at a time.
    window.keys(&["End"]);
    let is_last = format!(
        "return document.querySelector('li.active')?.id === 'line-{}'",
        N_LINES - 1
    );
    window.until("the end", 60, &is_last);
    window.keys(&["Enter"]);
    window.until(
        "the field",
        60,
        "return document.querySelector('textarea') !== null",
    );
    window.look(WATCH_KEYS);
    let letters = "the quick brown fox jumps over the lazy dog ".repeat(5);
    for (nth, letter) in letters.chars().enumerate() {
        window.keys(&[letter.to_string().replace(' ', "Space").as_str()]);
        let is_painted = format!("return window.measured.length > {nth}");
        window.until("the key", 60, &is_painted);
    }
    let keys = window.look("return window.measured");
    let keys = keys.as_array().expect("it is a list").iter();
    let mut keys: Vec<f64> = keys.filter_map(Value::as_f64).collect();
    say("key to paint", &mut keys);
}

fn say(what: &str, values: &mut [f64]) {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[(share * (values.len() - 1) as f64) as usize];
    println!(
        "{what}: median {:.1} ms, 95th percentile {:.1} ms, longest {:.1} ms, {} times",
        at(0.5),
        at(0.95),
        at(1.0),
        values.len()
    );
}

/// Puts three hours of council into a new history; there is a recording, though a shorter one.
fn keep(history: &Path) {
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/en-dialogue.flac");
    let mut store = Store::open(history).expect("the build folder can be written to");
    let id = store.add(&NewItem {
        source: recording,
        name: "The council".into(),
        origin: Origin::File,
        created: Timestamp::now(),
        model: "demo".into(),
        language: None,
        context: String::new(),
    });
    let lines = (0..N_LINES).map(line).collect();
    let transcript = Transcript::assemble(Ms(N_LINES * 4000), lines, Vec::new());
    let kept = id.and_then(|id| store.finish(id, &transcript));
    kept.expect("the history can be written to");
}

/// A line in which some words are doubtful.
fn line(nth: u32) -> Segment {
    let start = nth * 4000;
    let words: Vec<Word> = (0..N_WORDS)
        .map(|word| {
            let number = (nth * N_WORDS + word) as usize;
            Word {
                text: WORDS[number * number % 97 % WORDS.len()].into(),
                start: Ms(start + word * 250),
                end: Ms(start + word * 250 + 220),
                probability: if number.is_multiple_of(11) { 0.4 } else { 0.95 },
                quality: Some(0.9),
            }
        })
        .collect();
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    Segment {
        start: Ms(start),
        end: Ms(start + 3900),
        text: text.join(" "),
        language: "English".into(),
        timing: Timing::Aligned,
        speaker: Some(["Ada", "Ben", "Cleo"][nth as usize / 3 % 3].into()),
        words,
    }
}

const WORDS: [&str; 24] = [
    "harbour",
    "the",
    "survey",
    "of",
    "we",
    "motion",
    "and",
    "council",
    "a",
    "seconded",
    "in",
    "bridge",
    "minutes",
    "that",
    "opposed",
    "to",
    "parking",
    "evening",
    "is",
    "neighbours",
    "noise",
    "for",
    "carried",
    "tomorrow",
];

/// A folder that is empty when asked for.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("typing")
        .join(name);
    // It is not there the first time.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the build folder can be written to");
    folder
}
