use proptest::prelude::*;

use super::{Format, fixture, json, render, timing_note};
use crate::{Ms, Segment, Timing, Transcript};

fn check(format: Format) -> String {
    render(format, &fixture::transcript(), "talks/day one.wav")
}

#[test]
fn text_is_a_line_per_segment() {
    insta::assert_snapshot!(check(Format::Txt));
}

#[test]
fn srt_numbers_its_cues() {
    insta::assert_snapshot!(check(Format::Srt));
}

#[test]
fn vtt_escapes_and_says_where_its_times_come_from() {
    insta::assert_snapshot!(check(Format::Vtt));
}

#[test]
fn json_holds_everything() {
    insta::assert_snapshot!(check(Format::Json));
}

#[test]
fn json_lines_are_single_lines() {
    let line = json::render(&fixture::transcript(), "a.wav", json::Layout::Line);
    assert_eq!(line.matches('\n').count(), 1);
    assert!(line.starts_with(r#"{"schema":1,"audio":{"path":"a.wav","duration_ms":3661001}"#));
}

#[test]
fn only_times_of_pieces_need_a_note() {
    let mut transcript = fixture::transcript();
    assert!(timing_note(&transcript).is_some());
    transcript.segments[0].timing = Timing::Estimated;
    assert_eq!(timing_note(&transcript), None);
    assert!(!render(Format::Vtt, &transcript, "").contains("NOTE"));
}

fn with_text(text: &str) -> Transcript {
    let segment = Segment {
        start: Ms(0),
        end: Ms(1000),
        text: text.into(),
        language: String::new(),
        timing: Timing::Piece,
        speaker: None,
        words: Vec::new(),
    };
    Transcript::assemble(Ms(1000), vec![segment], Vec::new())
}

proptest! {
    #[test]
    fn no_text_can_break_out_of_its_cue(text in "[-> \n\r\ta<&0-9:,]{0,30}") {
        let transcript = with_text(&text);
        for format in [Format::Srt, Format::Vtt] {
            let file = render(format, &transcript, "");
            prop_assert_eq!(file.matches("-->").count(), 1, "{}", file);
        }
        prop_assert_eq!(render(Format::Txt, &transcript, "").matches('\n').count(), 1);
    }

    #[test]
    fn json_gives_every_text_back(text in "\\PC{0,30}|[\u{0}-\u{1f}\"\\\\]{0,10}") {
        let line = json::render(&with_text(&text), &text, json::Layout::Line);
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(value["segments"][0]["text"].as_str(), Some(text.as_str()));
        prop_assert_eq!(value["audio"]["path"].as_str(), Some(text.as_str()));
    }
}
