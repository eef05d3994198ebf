//! What was kept comes back.

use std::ops::Range;

use earmark_store::{EntryId, Error, Failure, NewEntry, Origin, State};
use earmark_transcript::{Ms, Segment, Timing, Transcript, Word};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::{Home, new, segment, transcript};

fn any_segment() -> impl Strategy<Value = Segment> {
    let word = (
        "\\PC{0,5}",
        any::<(u32, u32)>(),
        0.0_f32..1.0,
        option::of(0.0_f32..1.0),
    );
    let word = word.prop_map(|(text, (start, end), probability, quality)| Word {
        text,
        start: Ms(start),
        end: Ms(end),
        probability,
        quality,
    });
    let timing = prop_oneof![
        Just(Timing::Aligned),
        Just(Timing::Estimated),
        Just(Timing::Piece),
        Just(Timing::Given)
    ];
    let language = prop_oneof![Just(""), Just("English"), Just("Chinese")];
    let texts = (".{0,20}", language, option::of(".{0,5}"));
    (any::<(u32, u32)>(), texts, timing, vec(word, 0..5)).prop_map(
        |((start, end), (text, language, speaker), timing, words)| Segment {
            start: Ms(start),
            end: Ms(end),
            text,
            language: language.into(),
            timing,
            speaker,
            words,
        },
    )
}

fn any_transcript() -> impl Strategy<Value = Transcript> {
    (any::<u32>(), vec(any_segment(), 0..9), vec(".{0,9}", 0..3)).prop_map(
        |(duration, segments, warnings)| Transcript::assemble(Ms(duration), segments, warnings),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_transcript_comes_back(first in any_transcript(), second in any_transcript()) {
        let mut home = Home::new();
        let id = home.store.add(&new(0)).unwrap();
        home.store.finish(id, &first).unwrap();
        prop_assert_eq!(&home.store.transcript(id).unwrap(), &first);
        home.store.save_transcript(id, &second).unwrap();
        prop_assert_eq!(&home.store.transcript(id).unwrap(), &second);
        home.store.check().unwrap();
    }

    #[test]
    fn splicing_is_what_it_is_in_a_list(
        cuts in vec((0_usize..9, 0_usize..4, 0_usize..4), 1..12),
    ) {
        let mut home = Home::new();
        let id = home.add(0, &["a", "b", "c"]);
        let mut expected = home.store.transcript(id).unwrap().segments;
        for (nth, (start, n_old, n_new)) in cuts.into_iter().enumerate() {
            let start = start.min(expected.len());
            let range = start..(start + n_old).min(expected.len());
            let with: Vec<Segment> = (0..n_new)
                .map(|more| segment(nth, &format!("{nth} {more}")))
                .collect();
            home.store.replace_segments(id, range.clone(), &with).unwrap();
            expected.splice(range, with);
            let entry = home.store.entry(id).unwrap();
            prop_assert_eq!(entry.n_segments, expected.len());
            prop_assert_eq!(entry.languages.is_empty(), expected.is_empty());
        }
        prop_assert_eq!(home.store.transcript(id).unwrap().segments, expected);
    }
}

#[test]
fn an_entry_comes_back_after_a_restart() {
    let mut home = Home::new();
    let asked = NewEntry {
        origin: Origin::Dictation,
        language: Some("Chinese".into()),
        context: "Earmark, 会议".into(),
        ..new(5)
    };
    let id = home.store.add(&asked).unwrap();
    home.store.set_state(id, &State::Running).unwrap();
    home.store.set_duration(id, Ms(9000)).unwrap();
    let recognised = [segment(0, "One two."), segment(1, "Three.")];
    home.store
        .append_segments(id, &recognised[..1], Ms(2500))
        .unwrap();
    home.store
        .append_segments(id, &recognised[1..], Ms(4500))
        .unwrap();
    home.store.append_segments(id, &[], Ms(6000)).unwrap();
    for warnings in [
        &["one".to_owned()][..],
        &[],
        &["two".into(), "one".into(), "three".into()],
    ] {
        home.store.append_warnings(id, warnings).unwrap();
    }

    let home = home.reopened();
    let entry = home.store.entry(id).unwrap();
    assert_eq!(entry.asked, asked);
    assert_eq!(entry.state, State::Interrupted);
    assert_eq!(
        (entry.duration, entry.recognised_until),
        (Some(Ms(9000)), Ms(6000))
    );
    assert_eq!((entry.n_segments, entry.opening.as_str()), (2, "One two."));
    assert_eq!(entry.languages, ["English"]);
    let transcript = home.store.transcript(id).unwrap();
    assert_eq!(transcript.segments, recognised);
    assert_eq!(transcript.warnings, ["one", "two", "three"]);
}

#[test]
fn states_and_stars_are_kept() {
    let mut home = Home::new();
    let id = home.store.add(&new(0)).unwrap();
    assert_eq!(home.store.entry(id).unwrap().state, State::Waiting);
    let failure = Failure {
        code: "needs_ffmpeg".into(),
        message: "install it".into(),
    };
    let ends = [
        State::Failed(failure),
        State::Cancelled,
        State::Done,
        State::Interrupted,
    ];
    for state in ends {
        home.store.set_state(id, &state).unwrap();
        home = home.reopened();
        assert_eq!(home.store.entry(id).unwrap().state, state);
    }
    home.store.set_starred(id, true).unwrap();
    assert!(home.store.entry(id).unwrap().starred);
    home.store.set_starred(id, false).unwrap();
    assert!(!home.store.entry(id).unwrap().starred);
}

#[cfg(unix)]
#[test]
fn a_path_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let mut home = Home::new();
    let source = std::ffi::OsStr::from_bytes(b"/a\xFF.wav").into();
    let asked = NewEntry { source, ..new(0) };
    let id = home.store.add(&asked).unwrap();
    assert_eq!(home.store.entry(id).unwrap().asked, asked);
}

#[test]
fn segments_are_edited_split_merged_removed_and_put_in() {
    let mut home = Home::new();
    let other = home.add(0, &["untouched"]);
    let id = home.add(1, &["one", "two", "three"]);
    let mut check = |range: Range<usize>, with: &[&str], expected: &[&str]| {
        let with: Vec<Segment> = with.iter().map(|text| segment(0, text)).collect();
        home.store.replace_segments(id, range, &with).unwrap();
        assert_eq!(home.texts(id), expected);
        assert_eq!(home.texts(other), ["untouched"]);
    };
    check(1..2, &["TWO"], &["one", "TWO", "three"]);
    check(1..2, &["T", "WO"], &["one", "T", "WO", "three"]);
    check(0..2, &["one T"], &["one T", "WO", "three"]);
    check(1..2, &[], &["one T", "three"]);
    check(0..0, &["zero"], &["zero", "one T", "three"]);
    check(3..3, &["four"], &["zero", "one T", "three", "four"]);
    assert_eq!(
        home.store.recognised(id).unwrap().as_deref(),
        Some("one two three")
    );
    assert_eq!(home.store.recognised(other).unwrap(), None);
    home.store.check().unwrap();
}

#[test]
fn a_gap_that_is_used_up_is_made_again() {
    let mut home = Home::new();
    let before = home.add(0, &["a", "z"]);
    let id = home.add(1, &["a", "z"]);
    let mut expected = vec!["a".to_owned(), "z".to_owned()];
    for nth in 0..60 {
        let text = format!("m{nth}");
        home.store
            .replace_segments(id, 1..1, &[segment(0, &text)])
            .unwrap();
        expected.insert(1, text);
    }
    assert_eq!(home.texts(id), expected);
    assert_eq!(home.texts(before), ["a", "z"]);
    let hits = home
        .store
        .search("m59", &earmark_store::Filter::default(), None, 9)
        .unwrap();
    assert_eq!(hits.hits[0].segment, 1);
    home.store.check().unwrap();
}

#[test]
fn languages_follow_the_segments() {
    let mut home = Home::new();
    let id = home.add(0, &["one", "two"]);
    let languages = |home: &Home| {
        let mut languages = home.store.entry(id).unwrap().languages;
        languages.sort();
        languages
    };
    let chinese = Segment {
        language: "Chinese".into(),
        ..segment(0, "二")
    };
    home.store
        .replace_segments(id, 1..2, std::slice::from_ref(&chinese))
        .unwrap();
    assert_eq!(languages(&home), ["Chinese", "English"]);
    home.store.replace_segments(id, 0..1, &[chinese]).unwrap();
    assert_eq!(languages(&home), ["Chinese"]);
    home.store.replace_segments(id, 0..2, &[]).unwrap();
    assert!(languages(&home).is_empty());
}

#[test]
fn a_speaker_is_renamed_everywhere() {
    let mut home = Home::new();
    let spoken = |nth: usize, speaker: Option<&str>| Segment {
        speaker: speaker.map(str::to_owned),
        ..segment(nth, "hm")
    };
    let segments = vec![
        spoken(0, Some("A")),
        spoken(1, Some("B")),
        spoken(2, None),
        spoken(3, Some("A")),
    ];
    let id = home.store.add(&new(0)).unwrap();
    home.store.append_segments(id, &segments, Ms(1)).unwrap();
    let other = home.store.add(&new(1)).unwrap();
    home.store.append_segments(other, &segments, Ms(1)).unwrap();
    assert_eq!(home.store.rename_speaker(id, "A", "Ann").unwrap(), 2);
    let speakers = |id: EntryId| {
        let segments = home.store.transcript(id).unwrap().segments;
        segments
            .into_iter()
            .map(|segment| segment.speaker.unwrap_or_default())
            .collect::<Vec<_>>()
    };
    assert_eq!(speakers(id), ["Ann", "B", "", "Ann"]);
    assert_eq!(speakers(other), ["A", "B", "", "A"]);
}

#[test]
fn an_unfinished_transcript_can_be_edited_and_goes_on() {
    let mut home = Home::new();
    let id = home.store.add(&new(0)).unwrap();
    home.store
        .append_segments(id, &[segment(0, "won")], Ms(2000))
        .unwrap();
    let mut transcript = home.store.transcript(id).unwrap();
    transcript.segments[0].text = "one".into();
    home.store.save_transcript(id, &transcript).unwrap();
    assert_eq!(home.store.entry(id).unwrap().recognised_until, Ms(2000));
    home.store
        .append_segments(id, &[segment(1, "two")], Ms(4000))
        .unwrap();
    assert_eq!(home.texts(id), ["one", "two"]);
    home.store.start_over(id).unwrap();
    let entry = home.store.entry(id).unwrap();
    assert_eq!(
        (entry.recognised_until, entry.n_segments, entry.state),
        (Ms(0), 0, State::Waiting)
    );
    assert_eq!(home.store.recognised(id).unwrap(), None);
}

#[test]
fn what_is_not_there_is_said_so() {
    let mut home = Home::new();
    let id = home.add(0, &["one"]);
    let gone = EntryId(id.0 + 1);
    let missing = Error::NoEntry { id: gone.0 };
    let one = [segment(0, "x")];
    assert_eq!(home.store.entry(gone).unwrap_err(), missing);
    assert_eq!(home.store.transcript(gone).unwrap_err(), missing);
    assert_eq!(
        home.store.append_segments(gone, &one, Ms(0)).unwrap_err(),
        missing
    );
    assert_eq!(
        home.store.replace_segments(gone, 0..0, &one).unwrap_err(),
        missing
    );
    assert_eq!(
        home.store.finish(gone, &transcript(&[])).unwrap_err(),
        missing
    );
    assert_eq!(home.store.rename(gone, "x").unwrap_err(), missing);
    #[expect(clippy::reversed_empty_ranges, reason = "what must not bring it down")]
    for range in [0..2, 2..2, 1..0, 0..usize::MAX] {
        let error = home
            .store
            .replace_segments(id, range.clone(), &one)
            .unwrap_err();
        assert!(
            matches!(error, Error::NoSegment { len: 1, .. }),
            "{range:?}: {error}"
        );
    }
    assert_eq!(home.texts(id), ["one"]);
    assert_eq!(home.store.recognised(id).unwrap(), None);
}
