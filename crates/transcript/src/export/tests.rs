use proptest::prelude::*;

use super::{
    Format, LineEnding, Options, Punctuation, Script, SpeakerLabels, fixture, json, render,
    timing_note, txt,
};
use crate::{Ms, Segment, Timing, Transcript};

fn text(format: Format, transcript: &Transcript, options: &Options) -> String {
    String::from_utf8(render(format, transcript, "talks/day one.wav", options)).unwrap()
}

fn check(format: Format) -> String {
    text(format, &fixture::transcript(), &Options::default())
}

fn check_dialogue(format: Format, word_times: bool) -> String {
    let options = Options {
        word_times,
        ..Options::default()
    };
    text(format, &fixture::dialogue(), &options)
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
fn dialogue_in_every_format() {
    for (name, format) in [
        ("srt", Format::Srt),
        ("csv", Format::Csv),
        ("tsv", Format::Tsv),
        ("markdown", Format::Markdown),
    ] {
        insta::assert_snapshot!(name, check_dialogue(format, false));
    }
    for (name, format) in [
        ("vtt", Format::Vtt),
        ("ass", Format::Ass),
        ("lrc", Format::Lrc),
    ] {
        insta::assert_snapshot!(name, check_dialogue(format, false));
        insta::assert_snapshot!(format!("{name}_words"), check_dialogue(format, true));
    }
    for (name, layout) in [
        ("txt_lines", txt::Layout::Lines),
        ("txt_times", txt::Layout::Times),
        ("txt_paragraphs", txt::Layout::Paragraphs),
    ] {
        let options = Options {
            text: layout,
            ..Options::default()
        };
        insta::assert_snapshot!(name, text(Format::Txt, &fixture::dialogue(), &options));
    }
}

/// The document is stored without compression, so that its XML stands in the file.
#[test]
fn docx_is_a_package_with_a_document() {
    let bytes = render(
        Format::Docx,
        &fixture::dialogue(),
        "talks/day one.wav",
        &Options::default(),
    );
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let names: Vec<_> = package.file_names().map(Result::unwrap).collect();
    assert_eq!(
        names,
        [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/document.xml",
            "word/_rels/document.xml.rels",
            "word/styles.xml",
        ]
    );
    let document = std::io::read_to_string(package.by_name("word/document.xml").unwrap()).unwrap();
    insta::assert_snapshot!("docx", document.replace("<w:p>", "\n<w:p>"));
}

#[test]
fn punctuation_goes_after_it_has_cut_the_cues() {
    let options = Options {
        punctuation: Punctuation::Drop,
        ..Options::default()
    };
    let dialogue = fixture::dialogue();
    insta::assert_snapshot!("srt_bare", text(Format::Srt, &dialogue, &options));
    insta::assert_snapshot!("txt_bare", text(Format::Txt, &dialogue, &options));
    assert_eq!(
        text(Format::Json, &dialogue, &options),
        text(Format::Json, &dialogue, &Options::default())
    );
}

#[test]
fn subtitles_show_speakers_by_name_by_a_dash_or_not_at_all() {
    use SpeakerLabels::{Dash, Name, Off};
    let mut dialogue = fixture::dialogue();
    dialogue.segments.truncate(2);
    let check = |format, speaker_labels, expected: [&str; 2]| {
        for punctuation in [Punctuation::Keep, Punctuation::Drop] {
            let options = Options {
                punctuation,
                speaker_labels,
                ..Options::default()
            };
            let file = text(format, &dialogue, &options);
            for expected in expected {
                assert!(file.contains(expected), "{format:?}: {file}");
            }
            let n_dashes = file.matches("- Let").count() + file.matches("- =").count();
            let is_dash = speaker_labels == SpeakerLabels::Dash;
            assert_eq!(n_dashes, if is_dash { 2 } else { 0 }, "{file}");
        }
    };
    for format in [Format::Srt, Format::Lrc] {
        check(format, Name, ["Anna, B.: Let", "王：="]);
        check(format, Dash, ["- Let", "- ="]);
        check(format, Off, ["Let", "=好的"]);
    }
    check(Format::Vtt, Name, ["<v Anna, B.>Let", "<v 王>="]);
    check(Format::Vtt, Dash, ["<v Anna, B.>- Let", "<v 王>- ="]);
    check(Format::Vtt, Off, ["<v Anna, B.>Let", "<v 王>="]);
    check(
        Format::Ass,
        Dash,
        [",Anna B.,Anna B.,0,0,0,,- Let", ",王,王,0,0,0,,- ="],
    );
    // A dash before each turn, not before each cue.
    let long = fixture::spoken(&"one two three four five ".repeat(20), 0);
    let segments = vec![Segment {
        speaker: Some("A".into()),
        ..long
    }];
    let options = Options {
        speaker_labels: Dash,
        ..Options::default()
    };
    let monologue = Transcript::assemble(Ms(60_000), segments, Vec::new());
    let file = text(Format::Srt, &monologue, &options);
    assert_eq!(file.matches("- one").count(), 1);
}

#[test]
fn every_speaker_has_a_style() {
    let mut transcript = fixture::dialogue();
    let names = ["Default", "", "a,b", "ab", "Karaoke"];
    transcript.segments = (0..)
        .zip(names)
        .map(|(n, name)| Segment {
            speaker: Some(name.into()),
            ..fixture::spoken("one two", 10_000 * n)
        })
        .collect();
    let file = text(Format::Ass, &transcript, &Options::default());
    let field = |line: &str, at: usize| line.split(',').nth(at).map(str::to_owned);
    let styles: Vec<String> = file
        .lines()
        .filter_map(|line| field(line.strip_prefix("Style: ")?, 0))
        .collect();
    let expected = [
        "Default",
        "Karaoke",
        "Default 2",
        "2",
        "ab",
        "ab 2",
        "Karaoke 2",
    ];
    assert_eq!(styles, expected);
    let used: Vec<String> = file
        .lines()
        .filter_map(|line| field(line.strip_prefix("Dialogue: ")?, 3))
        .collect();
    assert_eq!(used, expected[2..]);
}

#[test]
fn rttm_has_the_turns_of_a_transcript() {
    let file = text(Format::Rttm, &fixture::dialogue(), &Options::default());
    assert_eq!(
        file,
        "SPEAKER day_one 1 1.005 3.100 <NA> <NA> Anna,_B. <NA> <NA>\n\
         SPEAKER day_one 1 6.250 6.300 <NA> <NA> 王 <NA> <NA>\n"
    );
    let nobody = with_text("One.");
    assert_eq!(text(Format::Rttm, &nobody, &Options::default()), "");
}

#[test]
fn chinese_changes_its_script_word_by_word() {
    let check = |script, expected: &str| {
        let mut dialogue = fixture::dialogue();
        dialogue.segments.remove(0);
        let options = Options {
            script: Some(script),
            ..Options::default()
        };
        let json = text(Format::Json, &dialogue, &options);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let segment = &json["segments"][0];
        assert_eq!(segment["text"], expected);
        let words = segment["words"].as_array().unwrap().iter();
        assert_eq!(
            words
                .map(|word| word["text"].as_str().unwrap())
                .collect::<String>(),
            expected
        );
        assert!(json["text"].as_str().unwrap().starts_with(expected));
    };
    check(
        Script::Traditional,
        "=好的，我的頭髮乾了，一起去後面看看吧！",
    );
    check(
        Script::Simplified,
        "=好的，我的头发干了，一起去后面看看吧！",
    );
}

#[test]
fn files_for_windows_begin_with_a_mark_and_end_lines_with_two_characters() {
    let options = Options {
        bom: true,
        line_ending: LineEnding::CrLf,
        ..Options::default()
    };
    for format in Format::ALL
        .into_iter()
        .filter(|format| *format != Format::Docx)
    {
        let file = text(format, &fixture::dialogue(), &options);
        assert_eq!(
            file.starts_with('\u{FEFF}'),
            format != Format::Json,
            "{format:?}"
        );
        assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
    }
}

#[test]
fn endings_name_formats() {
    for format in Format::ALL {
        assert_eq!(
            Format::find(&format.extension().to_uppercase()),
            Some(format)
        );
    }
    assert_eq!(Format::find("wav"), None);
}

#[test]
fn times_that_were_not_measured_need_a_note() {
    let mut transcript = fixture::transcript();
    let coarse = timing_note(&transcript).unwrap();
    transcript.segments[0].timing = Timing::Estimated;
    let estimated = timing_note(&transcript).unwrap();
    assert!(coarse.contains("pieces") && estimated.contains("estimated"));
    for format in [Format::Vtt, Format::Ass, Format::Lrc, Format::Markdown] {
        assert!(text(format, &transcript, &Options::default()).contains(estimated));
    }
    transcript.segments[0].timing = Timing::Given;
    assert_eq!(timing_note(&transcript), None);
    assert!(!text(Format::Vtt, &transcript, &Options::default()).contains("NOTE"));
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
        let n_cues = usize::from(!text.trim().is_empty());
        let file = |format| self::text(format, &transcript, &Options::default());
        for format in [Format::Srt, Format::Vtt] {
            prop_assert_eq!(file(format).matches("-->").count(), n_cues, "{}", file(format));
        }
        prop_assert_eq!(file(Format::Ass).matches("Dialogue:").count(), n_cues);
        prop_assert_eq!(file(Format::Csv).matches('\n').count(), 2);
        prop_assert_eq!(file(Format::Txt).matches('\n').count(), 1);
    }

    #[test]
    fn json_gives_every_text_back(text in "\\PC{0,30}|[\u{0}-\u{1f}\"\\\\]{0,10}") {
        let line = json::render(&with_text(&text), &text, json::Layout::Line);
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(value["segments"][0]["text"].as_str(), Some(text.as_str()));
        prop_assert_eq!(value["audio"]["path"].as_str(), Some(text.as_str()));
    }
}
