use proptest::prelude::*;

use super::{Turn, Turns};
use crate::export::fixture::spoken;
use crate::{Ms, Segment, Timing, Transcript, join};

fn turns(turns: &[(&str, u32, u32)]) -> Turns {
    let turn = |&(speaker, start, end): &(&str, u32, u32)| Turn {
        speaker: speaker.into(),
        start: Ms(start),
        end: Ms(end),
    };
    turns.iter().map(turn).collect::<Vec<_>>().into()
}

/// The words of the text are 300 ms long and begin every 400 ms.
fn check(text: &str, turns: &[(&str, u32, u32)], expected: &[(&str, &str)]) {
    check_segment(&spoken(text, 0), turns, expected);
}

fn check_segment(segment: &Segment, turns: &[(&str, u32, u32)], expected: &[(&str, &str)]) {
    let named = self::turns(turns).name(segment);
    let name = |segment: &Segment| segment.speaker.clone().unwrap_or_default();
    let found: Vec<(String, String)> = named.iter().map(|it| (name(it), it.text.clone())).collect();
    let expected = expected.iter().map(|(a, b)| ((*a).into(), (*b).into()));
    assert_eq!(found, expected.collect::<Vec<(String, String)>>());
}

#[test]
fn a_sentence_has_the_speaker_of_its_time() {
    let both = [("A", 0, 2_000), ("B", 2_100, 9_000)];
    check(
        "Do you know him well?",
        &both,
        &[("A", "Do you know him well?")],
    );
    let mut late = spoken("I do.", 2_400);
    late.end = Ms(3_100);
    check_segment(&late, &both, &[("B", "I do.")]);
}

#[test]
fn a_sentence_is_split_where_the_speaker_changes() {
    check(
        "what do you think I think it is good",
        &[("A", 0, 1_550), ("B", 1_580, 4_000)],
        &[("A", "what do you think"), ("B", "I think it is good")],
    );
    check(
        "你去吗我不去",
        &[("A", 0, 1_150), ("B", 1_200, 4_000)],
        &[("A", "你去吗"), ("B", "我不去")],
    );
}

#[test]
fn a_change_is_moved_to_the_end_of_the_sentence() {
    // The turns change within a word, before or after.
    for change in [950, 1_250, 1_350] {
        check(
            "Is that him? Yes it is",
            &[
                ("A", 0, change - 600),
                ("A", change - 600, change),
                ("B", change, 3_000),
            ],
            &[("A", "Is that him?"), ("B", "Yes it is")],
        );
    }
}

#[test]
fn an_answer_of_one_word_is_a_segment() {
    let turns = [("A", 0, 1_190), ("B", 1_200, 1_500), ("A", 1_600, 4_000)];
    check(
        "We went there, yes, and then we stayed",
        &turns,
        &[
            ("A", "We went there,"),
            ("B", "yes,"),
            ("A", "and then we stayed"),
        ],
    );
}

#[test]
fn who_talks_over_a_sentence_does_not_cut_it() {
    let whole = "We went to the old town and then we stayed";
    for end in [1_500, 2_000, 3_000] {
        check(
            whole,
            &[("A", 0, 5_000), ("B", 1_200, end)],
            &[("A", whole)],
        );
    }
    // Not even where the turn of the first is torn for a word.
    let torn = [("A", 0, 1_190), ("B", 1_200, 1_500), ("A", 1_600, 5_000)];
    check(whole, &torn, &[("A", whole)]);
}

#[test]
fn a_word_is_not_torn() {
    check(
        "会议从九点",
        &[("A", 0, 390), ("B", 390, 4_000)],
        &[("B", "会议从九点")],
    );
}

#[test]
fn words_that_nobody_speaks_belong_to_the_nearest_turn() {
    check(
        "well so",
        &[("A", 1_500, 4_000), ("B", 2_000, 4_000)],
        &[("A", "well so")],
    );
    let far = [
        ("A", 9_000, 9_500),
        ("B", 9_100, 9_900),
        ("C", 9_200, 9_300),
    ];
    check("well so", &far, &[("A", "well so")]);
    let late = spoken("well so", 60_000);
    check_segment(&late, &far, &[("B", "well so")]);
    check("well so", &[], &[("", "well so")]);
    check("", &[("A", 0, 1_000)], &[("A", "")]);
}

#[test]
fn without_words_the_longest_speaker_counts() {
    let mut segment = spoken("Yes. No.", 0);
    segment.timing = Timing::Piece;
    segment.end = Ms(4_000);
    let both = [("A", 0, 1_000), ("B", 1_000, 3_000), ("A", 3_000, 3_500)];
    check_segment(&segment, &both, &[("B", "Yes. No.")]);
    segment.timing = Timing::Aligned;
    segment.words.clear();
    check_segment(&segment, &both, &[("B", "Yes. No.")]);
}

#[test]
fn earlier_names_are_replaced() {
    let mut segment = spoken("Yes.", 0);
    segment.speaker = Some("Me".into());
    check_segment(&segment, &[("A", 0, 400)], &[("A", "Yes.")]);
    check_segment(&segment, &[], &[("", "Yes.")]);
}

proptest! {
    #[test]
    fn every_word_keeps_its_text_and_time(
        text in "([a-zA-Zé好。你]{1,4}[.,!?]{0,2} ){0,60}",
        all in proptest::collection::vec((0_u8..4, 0_u32..20_000, 0_u32..4_000), 0..30),
        start in 0_u32..3_000,
    ) {
        let segment = spoken(text.trim_end(), start);
        let turn = |(speaker, start, length): (u8, u32, u32)| Turn {
            speaker: format!("Speaker {speaker}"),
            start: Ms(start),
            end: Ms(start + length),
        };
        let mut all: Vec<Turn> = all.into_iter().map(turn).collect();
        let turns = Turns::from(all.clone());
        let whole = Transcript::assemble(Ms(60_000), vec![segment.clone()], Vec::new());
        let named = turns.name_all(whole.clone());
        prop_assert_eq!(&named.text, &whole.text);
        let words: Vec<_> = named.segments.iter().flat_map(|it| it.words.clone()).collect();
        prop_assert_eq!(words, segment.words);
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        let joined = join(named.segments.iter().map(|it| it.text.as_str()));
        prop_assert_eq!(bare(&joined), bare(&segment.text));
        for pair in named.segments.windows(2) {
            prop_assert!(pair[0].speaker != pair[1].speaker);
            prop_assert!(pair[0].end <= pair[1].start);
        }
        for part in &named.segments {
            if let Some(name) = &part.speaker {
                prop_assert!(all.iter().any(|turn| turn.speaker == *name));
            }
        }
        // The same turns in another order give the same speakers.
        all.reverse();
        prop_assert_eq!(Turns::from(all).name_all(whole), named);
    }
}
