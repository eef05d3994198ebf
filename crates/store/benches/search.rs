//! How long a search takes in a long history, and what a long transcript costs.
//!
//! `cargo bench -p earmark-store -- ITEMS FOLDER` fills a history of `ITEMS` transcripts of 5,000
//! words (half of them English, half Chinese characters) in `FOLDER`, unless one of that size is
//! there already, and prints the median and the longest time of the first page of hits and of the
//! first page of the history with its places, as the window shows it, for terms that stand there
//! never, three times and in 100,000 segments (fewer, when there are fewer).

#![expect(
    clippy::unwrap_used,
    reason = "a failed unwrap ends a benchmark rightly"
)]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use earmark_store::{Filter, NewEntry, Origin, Store};
use earmark_transcript::{Ms, Segment, Timing, Transcript, Word, words};
use jiff::Timestamp;

/// Words of a segment and segments of a transcript.
const N_WORDS: usize = 20;
const N_SEGMENTS: usize = 250;

/// Segments that a frequent term stands in.
const FREQUENT: usize = 100_000;

/// Terms that stand nowhere, in three segments, and in many.
const TERMS: [(&str, [&str; 3]); 5] = [
    ("word", ["xylotomist", "quaggaberry", "marmalade"]),
    ("one character", ["靐", "鱻", "猫"]),
    ("two characters", ["龘龘", "鱻麤", "钢琴"]),
    ("four characters", ["龘龘龘龘", "鱻麤龖龘", "钢琴协奏"]),
    (
        "phrase",
        [
            "\"of the quagga\"",
            "\"three blind badgers\"",
            "\"in the long run\"",
        ],
    ),
];

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    let n_entries: usize = arguments.next().map_or(20, |n| n.parse().unwrap());
    let temporary = tempfile::tempdir().unwrap();
    let folder = arguments
        .next()
        .map_or(temporary.path().to_path_buf(), PathBuf::from);
    let path = folder.join(format!("history-{n_entries}.db"));
    if !path.exists() {
        fill(&path, n_entries);
    }
    let (store, opening) = timed(|| Store::open(&path).unwrap());
    let bytes = store.storage().unwrap().database;
    println!(
        "{n_entries} entries, {} MB, opened in {opening:.1?}",
        bytes / 1_000_000
    );
    let (_, listing) = timed(|| store.list(&Filter::default(), None, 50).unwrap());
    println!("first page of the list: {listing:.1?}");
    long(&temporary.path().join("long.db"));
    for (name, terms) in TERMS {
        for (often, term) in ["never", "three times", "often"].into_iter().zip(terms) {
            let filter = Filter::default();
            let hits = store.search(term, &filter, None, 10_000).unwrap().hits;
            let hits_of_page = measure(|| {
                store.search(term, &filter, None, 50).unwrap();
            });
            let page_of_entries = measure(|| page(&store, term));
            let n_hits = hits.len();
            println!(
                "{name}, {often}: {n_hits} hits of 10000; hits {hits_of_page}; page of the \
                 history {page_of_entries}"
            );
        }
    }
}

/// What the window asks for when somebody searches: the newest entries and the first places in each.
fn page(store: &Store, term: &str) {
    let filter = Filter {
        text: term.into(),
        ..Filter::default()
    };
    store.find(&filter, None, 51, 3).unwrap();
}

/// First, median and longest time of eleven runs.
fn measure(mut work: impl FnMut()) -> String {
    let mut times: Vec<Duration> = (0..11).map(|_| timed(&mut work).1).collect();
    let first = times[0];
    times.sort();
    let (median, longest) = (times[5], times[10]);
    format!("first {first:.1?}, median {median:.1?}, longest {longest:.1?}")
}

/// A transcript of 40,000 words: kept whole, read back, and one segment of it edited.
fn long(path: &Path) {
    let mut store = Store::open(path).unwrap();
    let id = store.add(&new(0)).unwrap();
    let mut random = Random(1);
    let texts = (0..2000).map(|nth| random.text(nth, 1_000_000));
    let segments: Vec<Segment> = texts.enumerate().map(segment).collect();
    let transcript = Transcript::assemble(Ms(16_000_000), segments, Vec::new());
    let ((), keeping) = timed(|| store.finish(id, &transcript).unwrap());
    let (read, reading) = timed(|| store.transcript(id).unwrap());
    let mut edited = read.segments[999].clone();
    edited.text += " x";
    let one = std::slice::from_ref(&edited);
    let ((), first) = timed(|| store.replace_segments(id, 999..1000, one).unwrap());
    let (_, mut times): (Vec<()>, Vec<Duration>) = (0..11)
        .map(|_| timed(|| store.replace_segments(id, 999..1000, one).unwrap()))
        .unzip();
    times.sort();
    println!(
        "40,000 words: kept in {keeping:.1?}, read in {reading:.1?}; an edit {first:.1?} at first, \
         then {:.1?} at the median",
        times[5]
    );
}

fn fill(path: &Path, n_entries: usize) {
    let mut store = Store::open(path).unwrap();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let n_segments = n_entries * N_SEGMENTS;
    let ((), spent) = timed(|| {
        for entry in 0..n_entries {
            let id = store.add(&new(entry)).unwrap();
            let texts =
                (0..N_SEGMENTS).map(|nth| random.text(entry * N_SEGMENTS + nth, n_segments));
            let segments: Vec<Segment> = texts.enumerate().map(segment).collect();
            let duration = Ms(N_SEGMENTS as u32 * 8000);
            let transcript = Transcript::assemble(duration, segments, Vec::new());
            store.finish(id, &transcript).unwrap();
        }
    });
    println!("filled in {spent:.1?}");
}

fn new(entry: usize) -> NewEntry {
    NewEntry {
        source: format!("/recordings/{entry}.wav").into(),
        name: format!("Recording {entry}"),
        origin: Origin::File,
        created: Timestamp::from_second(entry as i64 * 3600).unwrap(),
        model: "demo".into(),
        language: None,
        context: String::new(),
    }
}

fn segment((nth, text): (usize, String)) -> Segment {
    let start = nth as u32 * 8000;
    let words = words::split(&text)
        .into_iter()
        .zip(0..)
        .map(|(range, nth)| Word {
            text: text[range].to_owned(),
            start: Ms(start + nth * 300),
            end: Ms(start + nth * 300 + 250),
            probability: 0.9,
            quality: Some(0.9),
        });
    Segment {
        start: Ms(start),
        end: Ms(start + 8000),
        words: words.collect(),
        text,
        language: "English".into(),
        timing: Timing::Aligned,
        speaker: None,
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Numbers without a pattern, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// A number below `limit`, small ones far more often than large ones, as words are used.
    fn skewed(&mut self, limit: u64) -> u64 {
        let unit = self.below(1 << 32) as f64 / (1_u64 << 32) as f64;
        ((limit as f64).powf(unit) - 1.0) as u64
    }

    /// The text of a segment, with the terms in it that belong there.
    fn text(&mut self, nth: usize, n_segments: usize) -> String {
        let mut text = String::new();
        let is_chinese = nth / N_SEGMENTS % 2 == 1;
        for _ in 0..N_WORDS {
            if is_chinese {
                text.extend(char::from_u32(0x4E00 + self.skewed(3500) as u32));
            } else {
                text += COMMON.get(self.skewed(8) as usize).unwrap_or(&"");
                text += &self.word();
                text.push(' ');
            }
        }
        for (_, [_, rare, often]) in TERMS {
            let is_rare = (1..4).any(|quarter| nth == n_segments * quarter / 4);
            if is_rare {
                text += rare.trim_matches('"');
                text.push(' ');
            }
            if nth.is_multiple_of((n_segments / FREQUENT).max(2)) {
                text += often.trim_matches('"');
                text.push(' ');
            }
        }
        text
    }

    /// An invented word; frequent ones are short.
    fn word(&mut self) -> String {
        let mut number = self.skewed(30_000);
        let mut word = String::new();
        loop {
            word += SYLLABLES[(number % 40) as usize];
            number /= 40;
            if number == 0 {
                return word;
            }
        }
    }
}

const COMMON: [&str; 6] = ["the ", "of ", "and ", "a ", "to ", "in "];

const SYLLABLES: [&str; 40] = [
    "ta", "re", "con", "ing", "ter", "ment", "al", "ed", "es", "tion", "pro", "in", "er", "ly",
    "ble", "com", "de", "ex", "sion", "per", "ful", "ness", "un", "ar", "or", "tain", "sta",
    "ward", "low", "land", "time", "ber", "day", "man", "side", "wa", "hou", "ou", "ple", "st",
];
