//! `earmark align` and `earmark check`, run as a user does, on the samples and the demo.
#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../samples")
        .join(name)
}

/// Exit code, standard output, standard error.
fn earmark(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_earmark"))
        .args(arguments.iter().map(AsRef::as_ref))
        .env_remove("EARMARK_MODELS")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        ran.status.code().unwrap(),
        text(ran.stdout),
        text(ran.stderr),
    )
}

fn words(report: &Value) -> Vec<(String, u64, u64)> {
    let word = |word: &Value| {
        let ms = |key: &str| word[key].as_u64().unwrap();
        let text = word["text"].as_str().unwrap().to_owned();
        (text, ms("start_ms"), ms("end_ms"))
    };
    report["words"]
        .as_array()
        .unwrap()
        .iter()
        .map(word)
        .collect()
}

#[test]
fn words_of_a_text_get_times() {
    let (code, out, _) = earmark(&[&"align", &sample("en-01.flac"), &sample("en-01.txt")]);
    assert_eq!(code, 0);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["language"], "English");
    let truth: Value =
        serde_json::from_slice(&fs::read(sample("en-01.words.json")).unwrap()).unwrap();
    let (found, truth) = (words(&report), words(&truth));
    let texts: Vec<&str> = found.iter().map(|word| word.0.as_str()).collect();
    assert_eq!(
        texts.join(" "),
        "Let's move the meeting to 3:30 on Thursday afternoon."
    );
    for (found, truth) in found.iter().zip(&truth) {
        assert!(
            found.1.abs_diff(truth.1) < 400,
            "{found:?} is not {truth:?}"
        );
    }
    let qualities = report["words"].as_array().unwrap().iter();
    assert!(
        qualities
            .map(|word| word["quality"].as_f64().unwrap())
            .all(|q| (0.0..=1.0).contains(&q))
    );
    assert_eq!(report["lines"][0]["found"], true);
}

#[test]
fn raw_words_are_the_aligners_units() {
    let (code, out, _) = earmark(&[
        &"align",
        &sample("en-01.flac"),
        &sample("en-01.txt"),
        &"--raw",
    ]);
    assert_eq!(code, 0);
    let words = words(&serde_json::from_str(&out).unwrap());
    assert_eq!(words[5].0, "330", "letters and digits alone");
    assert_eq!(words.last().unwrap().0, "afternoon");
    let on_a_step =
        |word: &&(String, u64, u64)| word.1.is_multiple_of(80) && word.2.is_multiple_of(80);
    assert!(
        words.iter().filter(on_a_step).count() * 2 > words.len(),
        "{words:?}"
    );
}

#[test]
fn an_unspoken_line_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("script.txt");
    let truth = fs::read_to_string(sample("en-01.txt")).unwrap();
    fs::write(
        &text,
        format!("{truth}\n\nPurple elephants danced under seven umbrellas\n"),
    )
    .unwrap();
    let (code, out, said) = earmark(&[&"align", &sample("en-01.flac"), &text]);
    assert_eq!(code, 0);
    let lines = said
        .lines()
        .filter(|line| line.contains("not found"))
        .count();
    assert_eq!(lines, 1, "{said}");
    assert!(said.contains("Purple elephants"), "{said}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["lines"][1]["found"], false);
    assert!(report["lines"][1]["start_ms"].is_null());
}

#[test]
fn shifted_subtitles_get_correct_times() {
    let folder = tempfile::tempdir().unwrap();
    let off = folder.path().join("off.srt");
    let text = fs::read_to_string(sample("en-01.txt")).unwrap();
    fs::write(
        &off,
        format!("1\n01:00:00,000 --> 01:00:01,000\n{}\n", text.trim()),
    )
    .unwrap();
    let mended = folder.path().join("mended.srt");
    let (code, out, said) = earmark(&[&"align", &sample("en-01.flac"), &off, &"--output", &mended]);
    assert_eq!((code, out.as_str()), (0, ""), "{said}");
    let mended = fs::read_to_string(mended).unwrap();
    assert!(mended.starts_with("1\n00:00:00,"), "{mended}");
    assert!(mended.contains("3:30"), "{mended}");
}

/// Aligns subtitles with the first sample; the lines of the file that changed, each as it was and as
/// it is, and the messages.
fn aligned(name: &str, file: impl AsRef<[u8]>) -> (Vec<(String, String)>, String) {
    let folder = tempfile::tempdir().unwrap();
    let (given, new) = (
        folder.path().join(name),
        folder.path().join(format!("new-{name}")),
    );
    fs::write(&given, &file).unwrap();
    let (code, out, said) = earmark(&[&"align", &sample("en-01.flac"), &given, &"--output", &new]);
    assert_eq!((code, out.as_str()), (0, ""), "{said}");
    let lines = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.split('\n').map(str::to_owned).collect::<Vec<_>>()
    };
    let (old, new) = (lines(file.as_ref()), lines(&fs::read(new).unwrap()));
    assert_eq!(old.len(), new.len(), "{new:?}");
    let pairs = old.into_iter().zip(new);
    (pairs.filter(|(old, new)| old != new).collect(), said)
}

#[test]
fn only_the_times_of_subtitles_change() {
    let srt = "\u{FEFF}1\r\n00:01:00,300 --> 00:01:00,500\r\n[DOOR SLAMS]\r\n\r\n\
               2\r\n00:01:01,000 --> 00:01:02,000  X1:10\r\n{\\an8}<i>Let's move</i>\r\nthe meeting\r\n\r\n\
               3\r\n-00:00:03,000 --> 00:00:05,000\r\nto 3:30\r\n\r\n\
               4\r\n00:01:04,000 --> 00:01:05,000\r\n♪ on Thursday afternoon. ♪\r\n\r\n\
               5\r\n00:01:06,000 --> 00:01:07,000\r\n♪♪\r\n\r\n";
    let (lines, said) = aligned("a.srt", srt);
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(
        lines[0].1.starts_with("00:00:00,000 --> 00:00:00,"),
        "{lines:?}"
    );
    assert!(lines[1].1.ends_with("  X1:10\r"), "{lines:?}");
    assert!(
        lines.iter().all(|(_, new)| new.contains("00:00:0")),
        "{lines:?}"
    );
    let times = |line: &str| {
        let times = line.split_whitespace().filter(|word| word.contains(','));
        times.map(str::to_owned).collect::<Vec<_>>()
    };
    let all: Vec<String> = lines.iter().flat_map(|(_, new)| times(new)).collect();
    assert!(all.is_sorted() && all.len() == 10, "{all:?}");
    let pairs = all.chunks(2);
    assert!(pairs.into_iter().all(|pair| pair[0] < pair[1]), "{all:?}");
    assert!(said.contains("line 11: read "), "{said}");
    assert!(
        said.contains("nothing is spoken in some cues") && said.contains(": 1, 5\n"),
        "{said}"
    );
    assert!(!said.contains("not found"), "{said}");

    let vtt = "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nNOTE x\n\nintro\n\
               01:01.000 --> 01:02.000 line:10%\n<v Kate>Let&apos;s move the meeting\n\n\
               01:03.000 --> 01:05.000\n<v Ben>to 3:30 on&nbsp;Thursday <c.yellow>afternoon.</c>\n";
    let (lines, said) = aligned("a.vtt", vtt);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].1.starts_with("00:00.") && lines[0].1.ends_with(" line:10%"),
        "{lines:?}"
    );
    assert!(!said.contains("not found"), "{said}");

    let ass = "[Script Info]\nTitle: x\n\n[V4+ Styles]\nFormat: Name\nStyle: Sign\n\n[Events]\n\
               Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
               Comment: 0,0:01:00.00,0:01:01.00,Default,,0,0,0,,a comment\n\
               Dialogue: 0,0:01:01.00,0:01:05.00,Sign,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}\n\
               Dialogue: 0,0:01:01.00,0:01:03.00,Sign,Kate,0,0,0,,{\\i1}Let's move{\\i0}\\Nthe meeting\n\
               Dialogue: 0,0:01:03.00,0:01:05.00,Sign,,0,0,0,Scroll up;0;0;0,to 3:30 on Thursday afternoon.\n";
    let (lines, said) = aligned("a.ass", ass);
    assert_eq!(lines.len(), 3, "{lines:?}");
    let tail = |line: &str| line.splitn(4, ',').nth(3).unwrap().to_owned();
    for (old, new) in &lines {
        assert_eq!(tail(old), tail(new));
        assert!(new.starts_with("Dialogue: 0,0:00:0"), "{new}");
    }
    assert!(!said.contains("not found"), "{said}");
}

#[test]
fn another_format_and_new_cues_are_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let given = folder.path().join("a.vtt");
    let text = "Let&apos;s move the\nmeeting to\n3:30 on\nThursday afternoon.";
    fs::write(
        &given,
        format!("WEBVTT\n\n00:00.000 --> 00:20.000\n<v Kate>{text}\n"),
    )
    .unwrap();
    let run = |arguments: &[&str]| {
        let mut all: Vec<&dyn AsRef<std::ffi::OsStr>> = vec![&"align"];
        let audio = sample("en-01.flac");
        all.extend([&audio as &dyn AsRef<_>, &given]);
        all.extend(arguments.iter().map(|it| it as &dyn AsRef<_>));
        earmark(&all)
    };
    let (code, out, said) = run(&["--format", "srt"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        out.ends_with("\nKate: Let's move the\nmeeting to\n3:30 on\nThursday afternoon.\n\n"),
        "{out}"
    );
    let (code, out, said) = run(&["--resegment", "--rules", "social"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        out.starts_with("WEBVTT\n\n") && out.matches("-->").count() > 1,
        "{out}"
    );
    let (code, _, said) = run(&["--rules", "social"]);
    assert_eq!(code, 2);
    assert!(said.contains("only together with `--resegment`"), "{said}");
    let (code, _, said) = run(&["--resegment", "--format", "txt"]);
    assert_eq!(code, 2);
    assert!(said.contains("needs a format with cues"), "{said}");
    let other = folder.path().join("x.vtt");
    let (code, _, said) = run(&["--format", "srt", "--output", other.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(said.contains("contradict each other"), "{said}");
}

#[test]
fn texts_are_read_as_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, content: &[u8]| {
        let given = folder.path().join(name);
        fs::write(&given, content).unwrap();
        earmark(&[&"align", &sample("en-01.flac"), &given])
    };
    let line = "Let's move the meeting to 3:30 on Thursday afternoon.";
    let srt = format!("1\n00:01:00,000 --> 00:01:01,000\n<i>{line}</i>\n");
    let (code, out, said) = run("srt.txt", srt.as_bytes());
    assert_eq!(code, 0, "{said}");
    assert!(
        out.starts_with("1\n00:00:0") && out.contains("<i>Let's"),
        "{out}"
    );
    let (code, out, said) = run("song.txt", format!("[ti:x]\n[01:00.00]{line}\n").as_bytes());
    assert_eq!(code, 0, "{said}");
    assert!(
        out.starts_with("[ti:x]\n[00:00.") && out.ends_with(&format!("]{line}\n")),
        "{out}"
    );
    let nul = line.replace("to 3", "to\0 3");
    let wide: Vec<u8> = line.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for text in [
        nul.into_bytes(),
        wide,
        format!("\u{FEFF}{line}").into_bytes(),
    ] {
        let (code, out, said) = run("a.txt", &text);
        assert_eq!(code, 0, "{said}");
        let report: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(report["lines"][0]["text"], line);
        assert_eq!(words(&report).len(), 9);
    }
    let (code, out, said) = run("times.txt", format!("[0:00 – 0:05] {line}").as_bytes());
    assert_eq!(code, 0, "{said}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(words(&report)[0].0, "Let's");
    let (code, out, said) = run("signs.txt", format!("♪♪\n{line}\n[0:05]\n").as_bytes());
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("nothing is spoken in some lines; they are left out: 1, 3"),
        "{said}"
    );
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(words(&report).len(), 9);
    assert!(report["lines"][2]["start_ms"].is_null());
    for (name, content, expected) in [
        (
            "a.docx",
            &b"PK\x03\x04\x14\0word/document.xml"[..],
            "it is a Word or other Office document",
        ),
        ("a.txt", b"%PDF-1.7", "it is a PDF document"),
        (
            "b.txt",
            b"{1}{2}Hello",
            "it holds MicroDVD subtitles, which cannot be read",
        ),
        (
            "c.srt",
            b"1\n00:00:01,000 --> 00:00:02,000\n[music]\n",
            "nothing in `",
        ),
    ] {
        let (code, out, said) = run(name, content);
        assert_eq!((code, out.as_str()), (2, ""), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_long_recording_without_a_recogniser_is_refused() {
    let (code, _, said) = earmark(&[
        &"align",
        &sample("en-dialogue.flac"),
        &sample("en-dialogue.txt"),
        &"--recognizer",
        &"none",
    ]);
    assert_eq!(code, 1);
    assert!(said.contains("a recogniser is needed"), "{said}");
}

#[test]
fn invalid_arguments_exit_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.srt");
    fs::write(&broken, "1\nnot a time\nHello\n").unwrap();
    let empty = folder.path().join("empty.txt");
    fs::write(&empty, " \n").unwrap();
    let check = |arguments: &[&dyn AsRef<std::ffi::OsStr>], message: &str| {
        let (code, out, said) = earmark(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{said}");
        assert!(said.contains(message), "{said}");
    };
    let audio = sample("en-01.flac");
    check(
        &[&"align", &audio, &"nowhere.txt"],
        "cannot read `nowhere.txt`",
    );
    check(&[&"align", &audio, &broken], "line 2: expected two times");
    check(&[&"align", &audio, &empty], "has no text");
    let text = sample("en-01.txt");
    let copy = folder.path().join("copy.flac");
    fs::copy(&audio, &copy).unwrap();
    check(
        &[
            &"align",
            &copy,
            &text,
            &"--format",
            &"srt",
            &"--output",
            &copy,
        ],
        "is the recording itself",
    );
    assert_eq!(fs::read(&copy).unwrap(), fs::read(&audio).unwrap());
    check(
        &[
            &"align",
            &audio,
            &text,
            &"--output",
            &folder.path().join("x.sub"),
        ],
        "there is no format for the ending of `",
    );
    check(
        &[&"align", &audio, &text, &"--language", &"Klingon"],
        "no language called `Klingon`",
    );
    check(
        &[&"align", &audio, &text, &"--raw", &"--format", &"srt"],
        "`--raw` needs `--format json`",
    );
}

#[test]
fn subtitles_of_a_sample_break_no_rule_and_too_fast_ones_do() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, said) = earmark(&[
        &"transcribe",
        &sample("en-dialogue.flac"),
        &"--format",
        &"srt",
    ]);
    assert_eq!(code, 0, "{said}");
    let file = folder.path().join("good.srt");
    fs::write(&file, out).unwrap();
    let (_, listed, said) = earmark(&[&"check", &file]);
    assert!(said.contains(" cues, "), "{said}");
    let bad_faults = listed
        .lines()
        .filter(|line| !line.contains("columns per second"));
    assert_eq!(bad_faults.count(), 0, "{listed}");

    let hasty = folder.path().join("hasty.srt");
    let long = "This is far too much text for anybody to read in the time it is on the screen";
    fs::write(
        &hasty,
        format!("1\n00:00:01,000 --> 00:00:01,200\n{long}\n"),
    )
    .unwrap();
    let (code, listed, said) = earmark(&[&"check", &hasty]);
    assert_eq!(code, 1);
    assert_eq!(
        listed.lines().count(),
        3,
        "too fast, too short, too wide: {listed}"
    );
    assert!(said.contains("1 cues, 3 violations"), "{said}");
}
