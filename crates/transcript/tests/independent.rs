//! Other programs read what the exports write: the same cues, times and texts.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;
use std::process::Command;

use earmark_transcript::cues::{self, Rules};
use earmark_transcript::export::{self, Format, Options};
use earmark_transcript::{Ms, Segment, Timing, Transcript, Word, words};

/// A cue as another program sees it; white space is not compared.
type Seen = (u32, u32, String);

/// Sentences in three scripts, with what is a command in no format (those are in the snapshots).
fn transcript() -> Transcript {
    let texts = [
        (
            "English",
            "Let's meet at 3:30, he said; it is only 1,000 well-known steps from here & back.",
        ),
        (
            "Chinese",
            "我们今天早上九点在会议室里讨论了下一个季度的工作计划，大家都提出了很好的意见。",
        ),
        ("Russian", "Привет, мир! Ещё раз: 3,14 — это число."),
    ];
    let mut clock = 3_590_000;
    let mut segments = Vec::new();
    for (language, text) in texts {
        let start = Ms(clock);
        let mut said = Vec::new();
        for range in words::split(text) {
            let length = 80 * text[range.clone()].chars().count() as u32 + 113;
            said.push(Word {
                text: text[range].to_owned(),
                start: Ms(clock),
                end: Ms(clock + length),
                probability: 1.0,
                quality: None,
            });
            clock += length;
        }
        segments.push(Segment {
            start,
            end: Ms(clock),
            text: text.to_owned(),
            language: language.to_owned(),
            timing: Timing::Aligned,
            speaker: None,
            words: said,
        });
        clock += 2500;
    }
    Transcript::assemble(Ms(clock), segments, Vec::new())
}

/// Every subtitle format other programs know, with and without word times.
const FILES: [(Format, bool); 5] = [
    (Format::Srt, false),
    (Format::Vtt, false),
    (Format::Vtt, true),
    (Format::Ass, false),
    (Format::Ass, true),
];

/// Writes every file and compares what a program reads with the cues.
fn check(read: impl Fn(&Path) -> Vec<Seen>) {
    let folder = tempfile::tempdir().unwrap();
    let transcript = transcript();
    let expected: Vec<Seen> = cues::make(&transcript, &Rules::broadcast())
        .iter()
        .map(|cue| {
            (
                cue.start.0,
                cue.end.0,
                bare(&cue.texts().collect::<String>()),
            )
        })
        .collect();
    assert!(expected.len() >= 4, "{expected:?}");
    for (format, word_times) in FILES {
        let options = Options {
            rules: Some(Rules::broadcast()),
            word_times,
            ..Options::default()
        };
        let path = folder
            .path()
            .join("talk")
            .with_extension(format.extension());
        std::fs::write(
            &path,
            export::render(format, &transcript, "talk.wav", &options),
        )
        .unwrap();
        let seen = read(&path);
        assert_eq!(seen.len(), expected.len(), "{format:?}: {seen:?}");
        let resolution_ms = if format == Format::Ass { 10 } else { 1 };
        for (seen, expected) in seen.iter().zip(&expected) {
            assert_eq!(bare(&seen.2), expected.2, "{format:?}");
            assert!(
                seen.0.abs_diff(expected.0) < resolution_ms,
                "{seen:?} {expected:?}"
            );
            assert!(
                seen.1.abs_diff(expected.1) < resolution_ms,
                "{seen:?} {expected:?}"
            );
        }
    }
}

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

/// `cargo xtask setup` installs ffmpeg.
#[test]
fn ffmpeg_reads_every_subtitle_format() {
    check(|path| {
        let ran = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-i"])
            .arg(path)
            .args(["-map", "0:s", "-f", "srt", "-"])
            .output()
            .expect("ffmpeg, which `cargo xtask setup` installs");
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        String::from_utf8(ran.stdout)
            .unwrap()
            .split("\n\n")
            .filter(|cue| !cue.trim().is_empty())
            .map(srt_cue)
            .collect()
    });
}

/// A cue of ffmpeg's own SubRip, which puts styles around the text.
fn srt_cue(cue: &str) -> Seen {
    let mut lines = cue.trim_start().lines().skip(1);
    let (start, end) = lines.next().unwrap().split_once(" --> ").unwrap();
    let mut text = lines.collect::<Vec<_>>().join("\n");
    while let Some(start) = text.find('<') {
        let end = text[start..].find('>').unwrap();
        text.replace_range(start..=start + end, "");
    }
    (srt_time(start), srt_time(end), text)
}

fn srt_time(time: &str) -> u32 {
    let (clock, ms) = time.trim().split_once(',').unwrap();
    let seconds = clock
        .split(':')
        .fold(0, |sum, field| sum * 60 + field.parse::<u32>().unwrap());
    seconds * 1000 + ms.parse::<u32>().unwrap()
}

/// pysubs2 lives in a virtual environment that `cargo xtask setup` makes.
#[test]
fn pysubs2_reads_every_subtitle_format() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join("target/pysubs2/bin/python");
    assert!(python.exists(), "`cargo xtask setup` installs pysubs2");
    check(|path| {
        let ran = Command::new(&python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/read_with_pysubs2.py"))
            .arg(path)
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        serde_json::from_slice(&ran.stdout).unwrap()
    });
}
