//! `earmark diarize`, run as a user does, on real voices.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn recording(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join("tests/recordings").join(name)
}

fn diarize(file: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_earmark"))
        .arg("diarize")
        .arg(file)
        .args(arguments)
        .output()
        .unwrap()
}

/// The standard output of a run that succeeded.
fn stdout(file: &Path, arguments: &[&str]) -> String {
    let output = diarize(file, arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

/// A turn: start and end in milliseconds, and who speaks.
type Turn = (usize, usize, String);

fn turns(rttm: &str) -> Vec<Turn> {
    let turn = |line: &str| {
        let fields: Vec<&str> = line.split(' ').collect();
        assert_eq!((fields.len(), fields[0], fields[2]), (10, "SPEAKER", "1"));
        let ms = |field: &str| (field.parse::<f64>().unwrap() * 1_000.0).round() as usize;
        let start = ms(fields[3]);
        (start, start + ms(fields[4]), fields[7].to_owned())
    };
    rttm.lines().map(turn).collect()
}

fn names(turns: &[Turn]) -> Vec<&str> {
    let mut names: Vec<&str> = turns.iter().map(|it| it.2.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Missed speech, false alarms and confusion of at most two speakers, as a part of all speech;
/// nothing is forgiven at borders, and overlaps count.
fn error_rate(reference: &[Turn], found: &[Turn]) -> f64 {
    let (of_reference, of_found) = (names(reference), names(found));
    assert!(of_reference.len() == 2 && of_found.len() <= 2);
    let end = reference.iter().chain(found).map(|it| it.1).max().unwrap();
    let speaks = |turns: &[Turn], name: Option<&&str>, ms: usize| {
        let mut turns = turns.iter();
        turns.any(|it| Some(&it.2.as_str()) == name && (it.0..it.1).contains(&ms))
    };
    let errors = |order: [usize; 2]| {
        let (mut errors, mut total) = (0, 0);
        for ms in (0..end).step_by(10) {
            let is = [0, 1].map(|n| speaks(reference, of_reference.get(n), ms));
            let seems = order.map(|n| speaks(found, of_found.get(n), ms));
            let count = |both: [bool; 2]| both.into_iter().filter(|it| *it).count();
            let right = count([is[0] && seems[0], is[1] && seems[1]]);
            errors += count(is).max(count(seems)) - right;
            total += count(is);
        }
        errors as f64 / total as f64
    };
    errors([0, 1]).min(errors([1, 0]))
}

#[test]
fn two_callers_are_told_apart() {
    let file = recording("30s_two_callers.flac");
    let reference = fs::read_to_string(recording("30s_two_callers.rttm")).unwrap();
    let error = String::from_utf8(diarize(&file, &[]).stderr).unwrap();
    assert!(
        error.contains("Speaker_1 is `Speaker 1`, Speaker_2 is `Speaker 2`"),
        "{error}"
    );
    for arguments in [&[][..], &["--speakers", "2-4"], &["--speakers", "2"]] {
        let found = turns(&stdout(&file, arguments));
        assert_eq!(names(&found), ["Speaker_1", "Speaker_2"]);
        let rate = error_rate(&turns(&reference), &found);
        assert!(rate < 0.1, "{arguments:?}: {rate}");
    }
}

#[test]
fn a_count_is_honoured() {
    let file = recording("30s_two_callers.flac");
    for n in ["1", "3"] {
        let found = turns(&stdout(&file, &["--speakers", n]));
        assert_eq!(names(&found).len().to_string(), n);
    }
    let output = diarize(&file, &["--speakers", "0"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("a number from 1 to 20"), "{error}");
}

#[test]
fn json_has_speakers_with_their_time_and_turns() {
    let json = stdout(&recording("jfk.wav"), &["--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["audio"]["duration_ms"], 11_000);
    assert_eq!(json["speakers"].as_array().unwrap().len(), 1);
    assert_eq!(json["speakers"][0]["name"], "Speaker 1");
    let turns = json["turns"].as_array().unwrap();
    let length = |it: &Value| it["end_ms"].as_u64().unwrap() - it["start_ms"].as_u64().unwrap();
    let sum: u64 = turns.iter().map(length).sum();
    assert_eq!(json["speakers"][0]["speaking_ms"], sum);
    assert!((6_000..9_500).contains(&sum), "{sum}");
}

/// A wav file of mono samples at 16 kHz.
fn wav(folder: &TempDir, name: &str, samples: &[i16]) -> PathBuf {
    let mut file = Vec::new();
    let n = samples.len() as u32 * 2;
    file.extend(b"RIFF");
    file.extend((36 + n).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(16_000_u32.to_le_bytes());
    file.extend(32_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(n.to_le_bytes());
    file.extend(samples.iter().flat_map(|it| it.to_le_bytes()));
    let path = folder.path().join(name);
    fs::write(&path, file).unwrap();
    path
}

#[test]
fn silence_has_no_speaker_and_half_a_second_at_most_one() {
    let folder = tempfile::tempdir().unwrap();
    let silence = wav(&folder, "my silence.wav", &vec![0; 16_000 * 12]);
    let output = diarize(&silence, &[]);
    assert!(output.status.success() && output.stdout.is_empty());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("nobody speaks in it"), "{message}");
    let speech = fs::read(recording("jfk.wav")).unwrap();
    let samples = speech[44 + 16_000..].as_chunks::<2>().0.iter();
    let samples: Vec<i16> = samples.map(|it| i16::from_le_bytes(*it)).collect();
    for n in [1, 300, 991, 8_000] {
        let file = wav(&folder, "short.wav", &samples[..n]);
        assert!(names(&turns(&stdout(&file, &[]))).len() <= 1, "{n} samples");
    }
}

#[test]
fn the_result_goes_into_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("turns.rttm");
    let path = target.to_str().unwrap();
    assert!(stdout(&recording("jfk.wav"), &["--output", path]).is_empty());
    let text = fs::read_to_string(&target).unwrap();
    assert!(text.starts_with("SPEAKER jfk 1 0."), "{text}");
}

/// A transcript of the demo, which does not understand these people but hears when they speak.
fn transcript(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_earmark"))
        .args(["transcribe", "--model", "demo"])
        .args(arguments)
        .arg(recording("30s_two_callers.flac"))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_transcript_has_a_speaker_for_every_segment_and_word() {
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_str(&transcript(&[&["--format", "json"], arguments].concat())).unwrap()
    };
    let words = |json: &Value| -> Vec<Value> {
        let segments = json["segments"].as_array().unwrap().iter();
        let words = segments.flat_map(|it| it["words"].as_array().unwrap().clone());
        words.collect()
    };
    let without = json(&[]);
    let with = json(&["--speakers", "auto"]);
    assert_eq!(with["text"], without["text"]);
    let reference = fs::read_to_string(recording("30s_two_callers.rttm")).unwrap();
    let reference = turns(&reference);
    let (mut n_words, mut n_agree) = (0, 0);
    for segment in with["segments"].as_array().unwrap() {
        let speaker = segment["speaker"].as_str().unwrap();
        assert!(["Speaker 1", "Speaker 2"].contains(&speaker));
        for word in segment["words"].as_array().unwrap() {
            assert_eq!(word["speaker"], speaker);
            let at = usize::try_from(word["start_ms"].as_u64().unwrap()).unwrap();
            let mut speaks = reference.iter().filter(|it| (it.0..it.1).contains(&at));
            let is_alone = speaks.next().filter(|_| speaks.next().is_none());
            if let Some((_, _, name)) = is_alone {
                n_words += 1;
                n_agree += usize::from((*name == reference[0].2) == (speaker == "Speaker 1"));
            }
        }
    }
    assert!(
        n_words > 20 && n_agree * 10 >= n_words * 9,
        "{n_agree} of {n_words}"
    );
    // Nothing but the speakers was changed.
    let bare = |mut word: Value| {
        word.as_object_mut().unwrap().remove("speaker");
        word
    };
    let with: Vec<Value> = words(&with).into_iter().map(bare).collect();
    assert_eq!(with, words(&without));
}

#[test]
fn other_formats_name_speakers_as_they_do() {
    let check = |arguments: &[&str], expected: &str| {
        let file = transcript(&[&["--speakers", "2"], arguments].concat());
        assert!(file.contains(expected), "{arguments:?}: {file}");
    };
    check(&[], "Speaker 2: ");
    check(&["--format", "vtt"], "<v Speaker 2>");
    check(&["--format", "srt", "--speaker-labels", "dash"], "\n- ");
    check(&["--format", "ass"], "\nStyle: Speaker 2,");
    check(&["--format", "rttm"], " <NA> <NA> Speaker_2 <NA> <NA>\n");
    let output = Command::new(env!("CARGO_BIN_EXE_earmark"))
        .args(["transcribe", "a.wav", "--format", "rttm"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("needs `--speakers`"));
}
