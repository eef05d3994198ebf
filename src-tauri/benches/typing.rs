//! How soon a key is painted in the real window, in a transcript of 40,000 words that lies in a
//! real history, and how soon that transcript is there.
//!
//! `cargo bench --workspace --bench typing`, or `cargo xtask typing`. The window shows on a display
//! without a screen. A key counts from the moment the keyboard is pressed until the picture of the
//! display is another where it is typed; nothing else moves there, not even a caret.

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
use std::thread::sleep;
use std::time::{Duration, Instant};

use earmark_store::{NewEntry, Origin, Store};
use earmark_transcript::{Ms, Segment, Timing, Transcript, Word};
use jiff::Timestamp;
use serde_json::Value;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ConnectionExt as _, ImageFormat, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

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

/// Where on the display somebody types; the caret no longer blinks.
const FIELD: &str = "
    const field = document.querySelector('textarea');
    field.style.caretColor = 'transparent';
    const { left, top, right, bottom } = field.getBoundingClientRect();
    return [left, top, right, bottom].map((at, nth) => at + (nth % 2 ? screenY : screenX));";

/// Between two looks at the picture, so that looking takes no processor from painting.
const GLANCE: Duration = Duration::from_millis(2);

/// The text in the field.
const TEXT: &str = "return document.querySelector('textarea').value";

/// Rest between two keys, long enough for what the first one set off. Units: ms.
const REST_MS: u64 = 120;

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

    // At the beginning of the last line, a key at a time.
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
    let field = window.look(FIELD);
    let field: Vec<f64> = field
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    let screen = Screen::of(&window.display.name, &field);
    let before = window.look(TEXT);
    let letters = "the quick brown fox jumps over the lazy dog".repeat(5);
    let mut keys: Vec<f64> = (letters.chars())
        .map(|letter| (letter, screen.type_letter(letter)))
        .filter_map(|(letter, spent)| (letter != ' ').then_some(spent))
        .collect();
    let typed = format!("{letters}{}", before.as_str().expect("a text"));
    let is_typed = format!("{TEXT} === {}", Value::from(typed));
    window.until("the text", 60, &is_typed);
    say("key to paint", &mut keys);
}

/// A display with its keyboard, and the part of its picture that somebody types in.
struct Screen {
    connection: RustConnection,
    root: u32,
    field: [i16; 4],
    /// The first key, and what each means.
    keymap: (u8, Vec<u32>),
}

impl Screen {
    /// `field`: left, top, right and bottom. Units: pixels.
    fn of(display: &str, field: &[f64]) -> Self {
        let (connection, screen) = x11rb::connect(Some(display)).expect("the display is there");
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let root = setup.roots[screen].root;
        let asked = connection.get_keyboard_mapping(first, last - first + 1);
        let keymap = asked.expect("it is asked").reply().expect("it has keys");
        let n = usize::from(keymap.keysyms_per_keycode);
        let meanings = keymap.keysyms.chunks(n).map(|key| key[0]).collect();
        Self {
            connection,
            root,
            field: [field[0], field[1], field[2], field[3]].map(|at| at as i16),
            keymap: (first, meanings),
        }
    }

    /// Presses a key; how long until the picture changes. Units: ms.
    fn type_letter(&self, letter: char) -> f64 {
        sleep(Duration::from_millis(REST_MS));
        let before = self.picture();
        let (first, meanings) = &self.keymap;
        let nth = meanings.iter().position(|it| *it == u32::from(letter));
        let key = first + nth.expect("every keyboard has it") as u8;
        let began = Instant::now();
        for event in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            let pressed = self
                .connection
                .xtest_fake_input(event, key, 0, self.root, 0, 0, 0);
            pressed.expect("it is pressed");
        }
        // A space alone changes nothing that can be seen.
        while letter != ' ' && self.picture() == before {
            assert!(
                began.elapsed().as_secs() < 60,
                "`{letter}` is never painted"
            );
            sleep(GLANCE);
        }
        began.elapsed().as_secs_f64() * 1000.0
    }

    fn picture(&self) -> Vec<u8> {
        let [left, top, right, bottom] = self.field;
        let (width, height) = ((right - left) as u16, (bottom - top) as u16);
        let asked = self.connection.get_image(
            ImageFormat::Z_PIXMAP,
            self.root,
            left,
            top,
            width,
            height,
            u32::MAX,
        );
        asked.expect("it is asked").reply().expect("a picture").data
    }
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
    let id = store.add(&NewEntry {
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
