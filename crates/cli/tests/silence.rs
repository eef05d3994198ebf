//! Word times after pauses, and in texts that are not what is said: `earmark transcribe` and
//! `earmark align` on joined samples.
#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use earmark_audio::{Recording, SAMPLE_RATE, Source};
use serde_json::Value;

/// How far a time may be off. Units: ms.
const TOLERANCE: u64 = 250;

/// Where the first word begins in every sample used here. Units: ms.
const FIRST_WORD: u64 = 300;

struct Sample {
    samples: Vec<f32>,
    text: String,
}

fn sample(name: &str) -> Sample {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let path = path.join(name).with_extension("flac");
    let mut recording = Recording::open(&path).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = recording.next_block().unwrap() {
        samples.extend(block);
    }
    let text = fs::read_to_string(path.with_extension("txt")).unwrap();
    let text = text.trim().to_owned();
    Sample { samples, text }
}

/// What is in a pause.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pause {
    Digital,
    Noise,
    Hum,
    Breath,
}

impl Pause {
    fn samples(self, ms: u64) -> Vec<f32> {
        let n_samples = (ms * u64::from(SAMPLE_RATE) / 1000) as usize;
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let breath = n_samples / 2..n_samples / 2 + SAMPLE_RATE as usize * 2 / 5;
        let sample = |at: usize| match self {
            Self::Noise => noise() * 0.002,
            Self::Hum => (at as f32 * 0.019_635).sin() * 0.005,
            Self::Breath if breath.contains(&at) => noise() * 0.01,
            Self::Digital | Self::Breath => 0.0,
        };
        (0..n_samples).map(sample).collect()
    }
}

/// A recording and its text in a folder of their own.
struct Case {
    folder: tempfile::TempDir,
    samples: Vec<f32>,
    /// Where the first word of every sample begins. Units: ms.
    starts: Vec<u64>,
}

impl Case {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            samples: Vec::new(),
            starts: Vec::new(),
        }
    }

    fn pause(mut self, pause: Pause, ms: u64) -> Self {
        self.samples.extend(pause.samples(ms));
        self
    }

    fn say(mut self, sample: &Sample) -> Self {
        let at = self.samples.len() as u64 * 1000 / u64::from(SAMPLE_RATE);
        self.starts.push(at + FIRST_WORD);
        self.samples.extend(&sample.samples);
        self
    }

    fn recording(&self) -> PathBuf {
        let path = self.folder.path().join("joined.wav");
        let bytes = self.samples.len() as u32 * 2;
        let mut wav = b"RIFF".to_vec();
        wav.extend((36 + bytes).to_le_bytes());
        wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        wav.extend(SAMPLE_RATE.to_le_bytes());
        wav.extend((SAMPLE_RATE * 2).to_le_bytes());
        wav.extend(b"\x02\0\x10\0data");
        wav.extend(bytes.to_le_bytes());
        let sample = |it: &f32| ((it * 32_767.0) as i16).to_le_bytes();
        wav.extend(self.samples.iter().flat_map(sample));
        fs::write(&path, wav).unwrap();
        path
    }

    fn transcribed(&self) -> Value {
        let recording = self.recording();
        let arguments = [
            "transcribe",
            "--format",
            "json",
            recording.to_str().unwrap(),
        ];
        earmark(&arguments).0
    }

    /// The report for a text, and the messages.
    fn aligned(&self, lines: &[&str]) -> (Value, String) {
        let (recording, text) = (self.recording(), self.folder.path().join("text.txt"));
        fs::write(&text, lines.join("\n")).unwrap();
        earmark(&["align", recording.to_str().unwrap(), text.to_str().unwrap()])
    }
}

fn earmark(arguments: &[&str]) -> (Value, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_earmark"))
        .args(arguments)
        .env_remove("EARMARK_MODELS")
        .output()
        .unwrap();
    let messages = String::from_utf8(ran.stderr).unwrap();
    let report = serde_json::from_slice(&ran.stdout);
    (report.unwrap_or_else(|_| panic!("{messages}")), messages)
}

/// The starts in a list of lines, segments or words; `None` where there is none. Units: ms.
fn starts(list: &Value) -> Vec<Option<u64>> {
    let list = list.as_array().unwrap();
    list.iter().map(|it| it["start_ms"].as_u64()).collect()
}

#[track_caller]
fn check_starts(found: &[Option<u64>], expected: &[u64], what: &str) {
    for start in expected {
        let is_near = |it: &Option<u64>| it.is_some_and(|it| it.abs_diff(*start) <= TOLERANCE);
        assert!(
            found.iter().any(is_near),
            "{what}: {expected:?} in {found:?}"
        );
    }
}

/// Pauses before and between two sentences.
#[track_caller]
fn check_pauses(pause: Pause, before: u64, between: u64) {
    let (first, second) = (sample("en-05"), sample("en-01"));
    let case = Case::new().pause(pause, before).say(&first);
    let case = case.pause(pause, between).say(&second);
    let what = format!("{pause:?}, {before} and {between} ms");
    let (aligned, _) = case.aligned(&[&first.text, &second.text]);
    check_starts(&starts(&aligned["lines"]), &case.starts, &what);
    let transcribed = case.transcribed();
    let segments = transcribed["segments"].as_array().unwrap();
    let words: Vec<_> = segments
        .iter()
        .flat_map(|it| starts(&it["words"]))
        .collect();
    check_starts(&words, &case.starts, &what);
    let early = words
        .iter()
        .flatten()
        .find(|it| **it + TOLERANCE < case.starts[0]);
    assert_eq!(early, None, "{what}: a word in silence");
}

#[test]
fn no_word_lies_in_a_silence() {
    check_pauses(Pause::Digital, 8_000, 0);
    check_pauses(Pause::Digital, 0, 10_000);
    check_pauses(Pause::Digital, 1_000, 3_000);
    check_pauses(Pause::Digital, 30_000, 30_000);
}

#[test]
fn no_word_lies_in_a_quiet_noise() {
    check_pauses(Pause::Noise, 8_000, 3_000);
    check_pauses(Pause::Noise, 0, 10_000);
    check_pauses(Pause::Hum, 8_000, 3_000);
    check_pauses(Pause::Breath, 3_000, 8_000);
}

/// Lines of samples by their numbers, with what is written and which of it is found.
#[track_caller]
fn check_partial(said: &[&str], written: &[&str], n_found: usize) {
    let mut case = Case::new();
    let mut starts_of_said = Vec::new();
    for name in said {
        case = case.say(&sample(name)).pause(Pause::Noise, 700);
        starts_of_said.push((*name, case.starts[case.starts.len() - 1]));
    }
    let lines: Vec<String> = written.iter().map(|name| sample(name).text).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (report, messages) = case.aligned(&lines);
    let mut found = 0;
    for (name, line) in written.iter().zip(report["lines"].as_array().unwrap()) {
        let start = starts_of_said.iter().find(|(said, _)| said == name);
        assert_eq!(line["found"], start.is_some(), "{line}");
        if let Some((_, start)) = start {
            check_starts(&[line["start_ms"].as_u64()], &[*start], &format!("{line}"));
            found += 1;
        } else {
            assert!(
                messages.contains(line["text"].as_str().unwrap()),
                "{messages}"
            );
        }
    }
    assert_eq!(found, n_found);
    let nothing = "nothing of the text was found";
    assert_eq!(messages.contains(nothing), n_found == 0, "{messages}");
}

#[test]
fn sentences_that_are_said_and_not_written_move_no_line() {
    let said = ["en-02", "en-03", "en-05", "en-01"];
    check_partial(&said[..3], &["en-05"], 1);
    check_partial(&["en-02", "en-03", "en-01"], &["en-01"], 1);
    check_partial(&said, &["en-02", "en-01"], 2);
    check_partial(&said, &["en-03", "en-05"], 2);
    check_partial(&["zh-01", "zh-02", "zh-03"], &["zh-02"], 1);
}

#[test]
fn a_text_that_is_not_what_is_said_is_not_found() {
    check_partial(&["en-01"], &["en-02"], 0);
    check_partial(&["en-02", "en-03"], &["en-01", "en-05", "en-07"], 0);
    check_partial(&["zh-01"], &["zh-02"], 0);
    check_partial(&["en-01", "en-02"], &["en-05", "en-02"], 1);
}
