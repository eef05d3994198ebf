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

/// A Python that has the packages which read exports: `cargo xtask setup` makes it.
fn python(script: &str) -> Command {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = package.join("../../target/readers/bin/python");
    assert!(python.exists(), "`cargo xtask setup` installs it");
    let mut command = Command::new(python);
    command.arg(package.join("tests").join(script));
    command
}

/// What a script says of a file.
fn read<T: serde::de::DeserializeOwned>(script: &str, path: &Path) -> T {
    let ran = python(script).arg(path).output().unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    serde_json::from_slice(&ran.stdout).unwrap()
}

#[test]
fn pysubs2_reads_every_subtitle_format() {
    check(|path| read("read_with_pysubs2.py", path));
}

/// A paragraph as python-docx sees it: its style, whether Word lists it in its navigation, and its
/// runs of text with their styles.
type Paragraph = (String, bool, Vec<(String, String)>);

#[test]
fn python_docx_reads_a_document_with_styles() {
    let mut transcript = transcript();
    for (segment, name) in transcript.segments.iter_mut().zip(["Anna", "Anna", "Лев"]) {
        segment.speaker = Some(name.to_owned());
    }
    transcript.warnings =
        vec!["the times of the words are estimated: there is no aligner".to_owned()];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.docx");
    let bytes = export::render(Format::Docx, &transcript, "a/talk.wav", &Options::default());
    std::fs::write(&path, bytes).unwrap();
    let (title, paragraphs): (String, Vec<Paragraph>) = read("read_with_docx.py", &path);
    assert_eq!(title, "talk");

    let plain = "Default Paragraph Font";
    let seen: Vec<String> = paragraphs
        .iter()
        .map(|(style, is_heading, runs)| {
            let texts = runs.iter().map(|(run, text)| match run.as_str() {
                run if run == plain => text.clone(),
                run => format!("[{run}: {text}]"),
            });
            let mark = if *is_heading { "#" } else { "" };
            format!("{mark}{style}: {}", texts.collect::<String>())
        })
        .collect();
    let said: Vec<&str> = (transcript.segments.iter().map(|it| it.text.as_str())).collect();
    let expected = [
        "Title: talk".to_owned(),
        "Note: the times of the words are estimated: there is no aligner".to_owned(),
        "#Heading 1: [Timestamp: 0:59:50]  Anna".to_owned(),
        format!("Body Text: {}", said[0]),
        format!("Body Text: [Timestamp: 0:59:59]  {}", said[1]),
        "#Heading 1: [Timestamp: 1:00:09]  Лев".to_owned(),
        format!("Body Text: {}", said[2]),
    ];
    assert_eq!(seen, expected);
}
