use std::time::Duration;

use earmark_jobs::{Ms, Segment, Transcript};
use earmark_transcript::{Timing, Word};

use super::{Align, FileResult, Report};
use crate::eval::reference::{Reference, TimedWord};

fn reference(text: &str, language: &str) -> Reference {
    let words = text.split(' ').enumerate().map(|(i, word)| TimedWord {
        text: word.into(),
        start_ms: Some(i as u32 * 500),
        end_ms: Some(i as u32 * 500 + 400),
    });
    Reference {
        text: text.into(),
        language: Some(language.into()),
        words: words.collect(),
        context: String::new(),
    }
}

fn transcript(text: &str, timing: Timing) -> Transcript {
    let words = text.split(' ').enumerate().map(|(i, word)| Word {
        text: word.into(),
        start: Ms(i as u32 * 500 + 10),
        end: Ms(i as u32 * 500 + 430),
        probability: 1.0,
        quality: None,
    });
    let segment = Segment {
        start: Ms(0),
        end: Ms(2000),
        text: text.into(),
        language: "English".into(),
        timing,
        speaker: None,
        words: words.collect(),
    };
    Transcript::assemble(Ms(2000), vec![segment], Vec::new())
}

fn result(path: &str, reference: &Reference, transcript: &Transcript) -> FileResult {
    FileResult::new(path, reference, transcript, Duration::from_millis(500))
}

#[test]
fn the_worst_files_come_first_and_rates_are_over_all_words() {
    let report = Report::new(vec![
        result(
            "fine.wav",
            &reference("one two three", "English"),
            &transcript("One, two three.", Timing::Piece),
        ),
        result(
            "bad.wav",
            &reference("four", "Chinese"),
            &transcript("for", Timing::Piece),
        ),
    ]);
    insta::assert_snapshot!(report.table());
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["wer"], 0.25);
    assert_eq!(json["language_accuracy"], 0.5);
    assert_eq!(json["align_ms"], serde_json::Value::Null);
    assert_eq!(json["rtf"], 0.25);
    assert_eq!(json["files"][0]["path"], "bad.wav");
}

#[test]
fn word_times_are_measured_where_words_match() {
    let report = Report::new(vec![result(
        "a.wav",
        &reference("one two three", "English"),
        &transcript("One too three", Timing::Aligned),
    )]);
    let align = report.align_ms.unwrap();
    assert!((align.mean - 20.0).abs() < 1e-9);
    assert!((align.median - 10.0).abs() < 1e-9 && (align.p95 - 30.0).abs() < 1e-9);
}

#[test]
fn an_empty_list_has_no_percentiles() {
    assert!(Align::of(Vec::new()).is_none());
    assert!((Align::of(vec![7]).unwrap().p95 - 7.0).abs() < 1e-9);
}

#[test]
fn terms_count_only_where_they_are_spoken() {
    let context = "Ada, Kubernetes, Grafana";
    let said = |text: &str| Reference {
        context: context.into(),
        ..reference(text, "English")
    };
    let report = Report::new(vec![
        result(
            "a.wav",
            &said("Ada runs Kubernetes"),
            &transcript("Ada runs cooper netties", Timing::Piece),
        ),
        result(
            "b.wav",
            &said("Grafana is up"),
            &transcript("Grafana is up", Timing::Piece),
        ),
        result(
            "c.wav",
            &said("Nothing else"),
            &transcript("Ada", Timing::Piece),
        ),
    ]);
    assert_eq!((report.term_recall, report.n_terms), (Some(0.6667), 3));
    assert!(
        report
            .table()
            .contains("66.7% of 3 expected terms were recognised")
    );
}
