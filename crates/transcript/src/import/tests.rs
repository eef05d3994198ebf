use proptest::prelude::*;

use super::{Format, read};
use crate::cues::{Rules, make};
use crate::export::{self, LineEnding, Options, fixture};
use crate::{Segment, Timing, Transcript};

fn check(file: &str, expected: &[(u32, u32, &str)]) {
    let transcript = read(file.as_bytes(), None).unwrap();
    assert_eq!(shown(&transcript), expected, "{file}");
}

fn shown(transcript: &Transcript) -> Vec<(u32, u32, &str)> {
    let segments = transcript.segments.iter();
    segments
        .map(|part| (part.start.0, part.end.0, part.text.as_str()))
        .collect()
}

fn error(file: &str) -> String {
    read(file.as_bytes(), None).unwrap_err().to_string()
}

#[test]
fn srt_is_read_as_people_write_it() {
    check(
        "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> <FONT color=\"red\">you</font>,\nthere.\n\n\
         2\n0:00:03.5 --> 0:00:04\n{\\an8}1984\n\n42\n\n00:00:05,000 --> 00:00:06,000\na < b {c}\n\
         4\n00:00:07,000 --> 00:00:08,000\n你好\n世界",
        &[
            (1000, 2500, "Hello you, there."),
            (3500, 4000, "1984 42"),
            (5000, 6000, "a < b {c}"),
            (7000, 8000, "你好世界"),
        ],
    );
    check(
        "\u{FEFF}1\r\n00:00:01,000 --> 00:00:02,000\r\nHi\r\n",
        &[(1000, 2000, "Hi")],
    );
    check(
        "1\r00:00:01,000 --> 00:00:02,000\rHi\r",
        &[(1000, 2000, "Hi")],
    );
    check("", &[]);
    check(
        "00:00:09,000 --> 00:00:10,000\nlater\n00:00:01,000 --> 00:00:02,000\nfirst",
        &[(1000, 2000, "first"), (9000, 10_000, "later")],
    );
}

#[test]
fn vtt_is_read_with_speakers_and_word_times() {
    let file = "WEBVTT - a title\nKind: captions\n\nNOTE nothing\n\nSTYLE\n::cue {}\n\nintro\n\
                00:01.000 --> 00:03.000 align:start\n<v.loud Anna>One <00:01.500><c>two,</c>\n\
                <00:02.000>3 &amp; &lt;4&gt;</v>\n\n01:00:04.000 --> 01:00:05.000\nplain";
    check(
        file,
        &[
            (1000, 3000, "One two, 3 & <4>"),
            (3_604_000, 3_605_000, "plain"),
        ],
    );
    let segment = &read(file.as_bytes(), None).unwrap().segments[0];
    assert_eq!(segment.speaker.as_deref(), Some("Anna"));
    let words = segment
        .words
        .iter()
        .map(|word| (word.text.as_str(), word.start.0, word.end.0));
    assert_eq!(
        words.collect::<Vec<_>>(),
        [
            ("One", 1000, 1500),
            ("two,", 1500, 2000),
            ("3 &", 2000, 2500),
            ("<4>", 2500, 3000)
        ]
    );
}

#[test]
fn ass_is_read_with_names_and_karaoke() {
    let file = "[Script Info]\nTitle: x\n[Events]\nFormat: Start, End, Actor, Text\n\
                Comment: 0:00:00.00,0:00:01.00,,no\n\
                Dialogue: 0:00:01.00,0:00:03.00,Ben,{\\k50\\an8}One {\\k20}{\\kf100}two,\\Nthree\n\
                Dialogue: 0:00:04.00,0:00:05.00,,a\\hb, \\{c\\} d\\\u{2060}N \\x";
    check(
        file,
        &[
            (1000, 3000, "One two, three"),
            (4000, 5000, "a b, {c} d\\N \\x"),
        ],
    );
    let segment = &read(file.as_bytes(), None).unwrap().segments[0];
    assert_eq!(segment.speaker.as_deref(), Some("Ben"));
    let words = segment
        .words
        .iter()
        .map(|word| (word.text.as_str(), word.start.0, word.end.0));
    assert_eq!(
        words.collect::<Vec<_>>(),
        [
            ("One", 1000, 1500),
            ("two,", 1700, 2075),
            ("three", 2075, 2700)
        ]
    );
}

#[test]
fn a_line_costs_at_most_its_cue_and_is_named() {
    let read = |file: &str| {
        let transcript = read(file.as_bytes(), None).unwrap();
        (transcript.text, transcript.warnings.join("; "))
    };
    let (text, warnings) = read(
        "A title\n1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:0x,000 --> 00:00:03,000\nTwo\n\n\
         3\n00:00:04,000 -> 00:00:05,000\nThree",
    );
    assert_eq!(text, "One Three");
    assert_eq!(
        warnings,
        "line 1: expected two times like 00:00:01,000 --> 00:00:02,500, found \"A title\"; \
         line 7: expected two times like 00:00:01,000 --> 00:00:02,500, \
         found \"00:00:0x,000 --> 00:00:03,000\"; \
         line 11: read \"00:00:04,000 -> 00:00:05,000\" as 0:04.000 to 0:05.000"
    );
    let (text, warnings) = read(
        "WEBVTT\nKind: captions\n00:01.000 --> 00:02.000\nOne\n\nlost\n\n\
         00:03.000 --> 00:04.000\nTwo\n00:05.000 --> 00:06.000\nThree\n\nNOTES\n00:07.000 --> 00:08.000\nFour",
    );
    assert_eq!(text, "One Two Three Four");
    assert!(
        warnings.starts_with("line 6: expected") && !warnings.contains(';'),
        "{warnings}"
    );
    let (text, warnings) = read(
        "[Script Info]\n[Events]\nDialogue: 0,1\nDialogue: 0,0:00:01.00,0:00:02.00,,,0,0,0,,One\n\
         Dialogue: 0,0:00:0x.00,0:00:02.00,,,0,0,0,,Two\n[Fonts]\nDialogue: 0,0:00:01.00,0:00:02.00,,,0,0,0,,no",
    );
    assert_eq!(text, "One");
    assert!(
        warnings.contains("line 3: expected 10 fields"),
        "{warnings}"
    );
    assert!(
        warnings.contains("line 5: expected times like 0:00:01.50"),
        "{warnings}"
    );
}

#[test]
fn drawings_are_not_text() {
    check(
        "[Events]\nFormat: Start, End, Text\n\
         Dialogue: 0:00:01.00,0:00:02.00,{\\p1}m 0 0 \\N l 1 1\n\
         Dialogue: 0:00:03.00,0:00:04.00,a{\\pos(1,2)\\p4\\c&H0&}m 0 0{\\p0} b{\\pbo3}c{m 1",
        &[(3000, 4000, "a bc{m 1")],
    );
}

#[test]
fn lyrics_are_read() {
    check(
        "[ti:Song]\n[00:01.00][00:05.00]Again and\n[00:03.50]<00:03.50>one <00:04.00>more a < b\n",
        &[
            (1000, 3500, "Again and"),
            (3500, 5000, "one more a < b"),
            (5000, 10_000, "Again and"),
        ],
    );
}

#[test]
fn an_error_names_the_line_and_what_was_expected() {
    assert_eq!(
        error("1\n00:00:01,000 --> 00:00:xx,000\nHi"),
        "line 2: expected two times like 00:00:01,000 --> 00:00:02,500, \
         found \"00:00:01,000 --> 00:00:xx,000\""
    );
    assert!(error("This is a letter.").starts_with("line 1: expected two times"));
    assert!(error("WEBVTT\n\nlost text\n").starts_with("line 3: expected two times"));
    assert!(error("[Script Info]\n").contains("expected a section [Events]"));
    assert!(
        error("[Script Info]\n[Events]\nDialogue: 0,1").starts_with("line 3: expected 10 fields")
    );
    assert!(error("{\n\"schema\": 1,\n}").starts_with("line 3: expected a transcript as JSON"));
    let json = r#"{"schema": 2, "audio": {"duration_ms": 1}, "text": "", "segments": []}"#;
    assert_eq!(
        error(json),
        "line 1: expected schema 1 or older, found \"schema 2\""
    );
}

#[test]
fn text_is_read_in_the_encoding_it_was_written_in() {
    let file = "1\n00:00:01,000 --> 00:00:02,000\n我们今天在这里开会，讨论下一个季度的计划。\n";
    let utf_16 = |mark: bool, swap: bool| -> Vec<u8> {
        let mark = mark.then_some(0xFEFF);
        let units = mark.into_iter().chain(file.encode_utf16());
        units
            .flat_map(|unit| {
                if swap {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let mut all = vec![
        utf_16(true, false),
        utf_16(true, true),
        utf_16(false, false),
        utf_16(false, true),
    ];
    all.push(encoding_rs::GB18030.encode(file).0.into_owned());
    all.push(format!("\u{FEFF}{file}").into_bytes());
    for bytes in all {
        let transcript = read(&bytes, Some(Format::Srt)).unwrap();
        assert_eq!(
            transcript.text,
            "我们今天在这里开会，讨论下一个季度的计划。"
        );
    }
}

/// The cues of the dialogue come back with the same texts, and the same times to 10 ms.
#[test]
fn what_was_exported_is_read_again() {
    let dialogue = fixture::dialogue();
    let cues = make(&dialogue, &Rules::broadcast());
    for (format, word_times, resolution_ms) in [
        (export::Format::Vtt, false, 1),
        (export::Format::Vtt, true, 1),
        (export::Format::Ass, false, 10),
        (export::Format::Ass, true, 10),
    ] {
        let options = Options {
            word_times,
            bom: true,
            line_ending: LineEnding::CrLf,
            ..Options::default()
        };
        let file = export::render(format, &dialogue, "a.wav", &options);
        let again = read(&file, Format::find(format.extension())).unwrap();
        assert_eq!(again.segments.len(), cues.len());
        for (segment, cue) in again.segments.iter().zip(&cues) {
            let joined = crate::join(cue.texts().collect::<Vec<_>>().iter().map(String::as_str));
            assert_eq!(segment.text, joined);
            let name = cue.speaker.as_ref().map(|name| name.replace(',', ""));
            assert_eq!(
                segment.speaker.as_ref().map(|name| name.replace(',', "")),
                name
            );
            assert!(segment.start.0.abs_diff(cue.start.0) < resolution_ms);
            assert!(segment.end.0.abs_diff(cue.end.0) < resolution_ms);
            assert_eq!(segment.timing, Timing::Given);
            if word_times && cue.words_are_timed {
                assert_eq!(segment.words.len(), cue.words().count());
                for (word, spoken) in segment.words.iter().zip(cue.words()) {
                    assert_eq!(word.text, spoken.text);
                    assert!(word.start.0.abs_diff(spoken.start.0) < resolution_ms);
                }
            }
        }
    }
}

#[test]
fn srt_comes_back_and_is_written_the_same_again() {
    let mut dialogue = fixture::dialogue();
    for segment in &mut dialogue.segments {
        segment.speaker = None;
    }
    dialogue.segments.remove(0); // its markup would be taken for markup
    let options = Options {
        rules: Some(Rules::broadcast()),
        ..Options::default()
    };
    let file = export::render(export::Format::Srt, &dialogue, "", &options);
    let again = read(&file, None).unwrap();
    assert_eq!(
        shown(&again)[0],
        (6250, 13_050, dialogue.segments[0].text.as_str())
    );
    assert_eq!(
        export::render(export::Format::Srt, &again, "", &options),
        file
    );
}

#[test]
fn json_comes_back_whole() {
    for transcript in [fixture::transcript(), fixture::dialogue()] {
        let file = export::render(
            export::Format::Json,
            &transcript,
            "a.wav",
            &Options::default(),
        );
        let mut again = read(&file, None).unwrap();
        for (word, was) in words(&mut again.segments).zip(words(&mut transcript.segments.clone())) {
            assert!((word.probability - was.probability).abs() < 1e-4);
            word.probability = was.probability;
        }
        assert_eq!(again, transcript);
    }
}

fn words(segments: &mut [Segment]) -> impl Iterator<Item = &mut crate::Word> {
    segments.iter_mut().flat_map(|segment| &mut segment.words)
}

proptest! {
    #[test]
    fn nothing_panics_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for format in [None, Some(Format::Srt), Some(Format::Vtt), Some(Format::Ass), Some(Format::Json)] {
            let _ = read(&bytes, format);
        }
    }

    #[test]
    fn nothing_panics_on_anything_like_subtitles(
        parts in proptest::collection::vec(
            "WEBVTT|\n|\n\n|\r|[Script Info]|[Events]|Format: |Dialogue: |0:00:01.00|00:00:02,000| --> |,\
             |<v A>|<00:01.000>|\\{\\\\k50\\}|\\\\N|\\{|<i>|</i>|&amp;|7|é好 |a|Start, End, Text|4294967295",
            0..40),
    ) {
        let file = parts.concat();
        for format in [None, Some(Format::Srt), Some(Format::Vtt), Some(Format::Ass)] {
            if let Ok(transcript) = read(file.as_bytes(), format) {
                for segment in &transcript.segments {
                    prop_assert!(segment.start <= segment.end && !segment.text.is_empty());
                }
                let options = Options { word_times: true, ..Options::default() };
                for format in export::Format::ALL {
                    let _ = export::render(format, &transcript, "", &options);
                }
            }
        }
    }
}

#[test]
fn cues_keep_their_lines() {
    let file = "1\n00:00:01,000 --> 00:00:02,500\nOne line,\nand another.\n\n2\n00:00:03,000 --> 00:00:04,000\n你好，\n世界。\n";
    let (cues, _) = super::cues(file.as_bytes(), None).unwrap();
    let lines: Vec<Vec<String>> = cues.iter().map(|cue| cue.texts().collect()).collect();
    assert_eq!(lines, [["One line,", "and another."], ["你好，", "世界。"]]);
}
