use proptest::prelude::*;

use super::{Cue, Fault, Rules, check, make};
use crate::{Ms, Segment, Timing, Transcript, Word, words};

/// A segment whose words take 75 ms a character, with silences after some words.
fn spoken(text: &str, start: u32, silences: &[(usize, u32)]) -> Segment {
    let mut clock = start;
    let words: Vec<Word> = words::split(text)
        .into_iter()
        .enumerate()
        .map(|(n, range)| {
            let start = clock;
            let per_character = if text[range.clone()].is_ascii() {
                75
            } else {
                200
            };
            let end = start + per_character * text[range.clone()].chars().count() as u32;
            clock = end + silences.iter().find(|(at, _)| *at == n).map_or(0, |s| s.1);
            Word {
                text: text[range].to_owned(),
                start: Ms(start),
                end: Ms(end),
                probability: 1.0,
                quality: None,
            }
        })
        .collect();
    Segment {
        start: Ms(start),
        end: Ms(clock),
        text: text.into(),
        language: "English".into(),
        timing: Timing::Aligned,
        speaker: None,
        words,
    }
}

fn bare(text: &str, start: u32, end: u32) -> Segment {
    Segment {
        start: Ms(start),
        end: Ms(end),
        words: Vec::new(),
        timing: Timing::Piece,
        ..spoken(text, start, &[])
    }
}

fn shown(cue: &Cue) -> (u32, u32, String) {
    (
        cue.start.0,
        cue.end.0,
        cue.texts().collect::<Vec<_>>().join("|"),
    )
}

fn cut(segments: Vec<Segment>, rules: &Rules) -> Vec<(u32, u32, String)> {
    let end = segments.last().map_or(0, |segment| segment.end.0);
    let transcript = Transcript::assemble(Ms(end + 1000), segments, Vec::new());
    make(&transcript, rules).iter().map(shown).collect()
}

fn texts(text: &str, silences: &[(usize, u32)], rules: &Rules) -> Vec<String> {
    let cues = cut(vec![spoken(text, 0, silences)], rules);
    cues.into_iter().map(|cue| cue.2).collect()
}

#[test]
fn cues_end_where_sentences_do_and_lines_break_at_commas() {
    let text = "The recorder lay on the window sill all night. When we came back in the morning, \
                it had heard every word of the storm, and the river was still rising.";
    assert_eq!(
        texts(text, &[], &Rules::broadcast()),
        [
            "The recorder lay|on the window sill all night.",
            "When we came back in the morning,|it had heard every word of the storm,",
            "and the river was still rising."
        ]
    );
}

#[test]
fn a_cue_breaks_at_pauses_and_lingers_when_there_is_time() {
    let cues = cut(
        vec![spoken("first we wait and then we go", 500, &[(2, 1500)])],
        &Rules::broadcast(),
    );
    assert_eq!(
        cues,
        [
            (500, 1825, "first we wait".into()),
            (2825, 4150, "and then we go".into())
        ]
    );
}

#[test]
fn short_answers_share_a_cue_and_numbers_stay_whole() {
    assert_eq!(
        texts("Yes. I know.", &[], &Rules::broadcast()),
        ["Yes. I know."]
    );
    let cues = texts(
        "they counted about 10 000 000 000 000 birds there on the",
        &[],
        &Rules::social(),
    );
    assert!(
        cues.iter().any(|cue| cue.contains("10 000 000 000 000")),
        "{cues:?}"
    );
}

#[test]
fn chinese_lines_hold_sixteen_characters_and_no_word_is_cut() {
    let text = "我们今天早上九点在会议室里讨论了下一个季度的工作计划，大家都提出了很好的意见。";
    let cues = texts(text, &[], &Rules::chinese());
    assert_eq!(
        cues,
        [
            "我们今天早上九点在会议室里|讨论了下一个季度的工作计划，",
            "大家都提出了很好的意见。"
        ]
    );
}

#[test]
fn thai_is_cut_between_the_words_of_a_dictionary() {
    let text = "วันนี้เราจะประชุมเรื่องแผนงานของไตรมาสหน้าและทุกคนได้เสนอความคิดเห็นที่ดีมากในห้องประชุมใหญ่";
    let cues = texts(text, &[], &Rules::broadcast());
    assert!(cues.len() > 1 || cues[0].contains('|'), "{cues:?}");
    assert_eq!(cues.concat().replace('|', ""), text);
}

#[test]
fn what_has_no_word_times_keeps_its_own_or_shares_them_by_width() {
    let cues = cut(
        vec![bare("Short.", 100, 9000), bare("Next one.", 9000, 9500)],
        &Rules::broadcast(),
    );
    assert_eq!(
        cues,
        [
            (100, 9000, "Short.".into()),
            (9000, 9500, "Next one.".into())
        ]
    );

    let long = "One two three four five six seven eight nine ten. ".repeat(4);
    let transcript = Transcript::assemble(Ms(0), vec![bare(&long, 0, 16_000)], Vec::new());
    let cues = make(&transcript, &Rules::broadcast());
    assert_eq!(cues.len(), 4);
    assert!(
        cues.iter()
            .all(|cue| !cue.words_are_timed && cue.timing == Timing::Piece)
    );
    assert_eq!((cues[0].start, cues[3].end), (Ms(0), Ms(16_000)));
    assert!(cues[1].start.0.abs_diff(4000) < 50, "{:?}", cues[1].start);
}

#[test]
fn words_of_one_moment_are_spread_until_the_next() {
    let mut segment = spoken("one two three four", 0, &[]);
    for word in &mut segment.words {
        (word.start, word.end) = (Ms(400), Ms(400));
    }
    segment.words[3].end = Ms(1200);
    let transcript = Transcript::assemble(Ms(5000), vec![segment], Vec::new());
    let cues = make(&transcript, &Rules::broadcast());
    let starts: Vec<u32> = cues[0].words().map(|word| word.start.0).collect();
    assert_eq!(starts, [400, 560, 720, 986]);
}

#[test]
fn every_fault_is_found() {
    let cue = |start, end, text: &str| {
        let transcript = Transcript::assemble(Ms(0), vec![bare(text, start, end)], Vec::new());
        make(&transcript, &Rules::broadcast()).remove(0)
    };
    let mut tall = cue(20_000, 23_000, "a b c");
    tall.lines = tall.lines[0].chunks(1).map(<[_]>::to_vec).collect();
    let cues = [
        cue(0, 800, "This is far too much text."),
        cue(700, 9000, "Overlap, long."),
        cue(9050, 11_000, "Too close."),
        cue(12_000, 16_000, &"w".repeat(43)),
        tall,
    ];
    let found = check(&cues, &Rules::broadcast());
    let faults: Vec<(usize, Fault)> = found.iter().map(|v| (v.number, v.fault)).collect();
    assert_eq!(
        faults,
        [
            (1, Fault::Fast(32.5)),
            (2, Fault::Overlap(100)),
            (2, Fault::Long(8300)),
            (3, Fault::Close(50)),
            (4, Fault::Wide(43)),
            (5, Fault::Tall(3)),
        ]
    );
    assert_eq!(
        found[0].to_string(),
        "cue 1 at 0:00.000: 32.5 columns per second, at most 20"
    );
}

/// Speech of ordinary speed breaks no rule.
#[test]
fn words_that_allow_it_break_no_rule() {
    let sentence = "We walked along the river for an hour, and then it began to rain. \
                    Nobody minded. The old bridge, which had stood for 300 years, was still open? Yes. ";
    let text = sentence.repeat(30);
    let segment = spoken(text.trim_end(), 0, &[(20, 700), (33, 1500), (70, 2500)]);
    let transcript = Transcript::assemble(segment.end, vec![segment], Vec::new());
    for rules in [Rules::broadcast(), Rules::social()] {
        let cues = make(&transcript, &rules);
        assert_eq!(check(&cues, &rules), []);
    }
}

#[test]
fn a_language_has_its_rules() {
    assert_eq!(Rules::for_language("Cantonese,English"), Rules::chinese());
    assert_eq!(Rules::for_language("English,Chinese"), Rules::broadcast());
    assert_eq!(Rules::for_language(""), Rules::broadcast());
    let japanese = Rules::for_language("Japanese");
    assert_eq!(
        (japanese.max_columns, japanese.columns_per_second),
        (26, 8.0)
    );
    assert_eq!(Rules::preset("karaoke"), None);
}

proptest! {
    #[test]
    fn every_word_is_shown_once_in_order_inside_the_recording(
        texts in proptest::collection::vec(
            ("([a-zA-Z0-9é好你。，ก]{1,7}[.,!?]{0,1} {1,2}){0,30}", 0_u32..4000, 0_u8..5), 0..6),
        jitter in proptest::collection::vec(0_u32..3000, 1..20),
        cut_off in 0_u32..3000,
        preset in "broadcast|social|chinese",
    ) {
        let rules = Rules::preset(&preset).unwrap();
        let mut clock: u32 = 0;
        let mut segments = Vec::new();
        for (text, pause, kind) in &texts {
            let mut segment = spoken(text, clock + pause, &[(3, *pause)]);
            match kind {
                0 => segment.timing = Timing::Piece,
                1 => segment.words.clear(),
                2 => segment.speaker = Some("Anna".into()),
                3 => {
                    for (word, ms) in segment.words.iter_mut().zip(jitter.iter().cycle()) {
                        word.start.0 = word.start.0.saturating_sub(*ms);
                        word.end.0 = word.end.0.saturating_sub(*ms);
                    }
                }
                _ => {}
            }
            clock = segment.end.0.saturating_sub(jitter[0]);
            segments.push(segment);
        }
        let duration = Ms(clock.saturating_sub(cut_off).max(1));
        let transcript = Transcript::assemble(duration, segments, Vec::new());
        let cues = make(&transcript, &rules);
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        let all: String = transcript.segments.iter().map(|s| bare(&s.text)).collect();
        let shown: String = cues.iter().flat_map(Cue::texts).map(|line| bare(&line)).collect();
        prop_assert_eq!(shown, all);
        let mut before = Ms(0);
        for cue in &cues {
            prop_assert!(cue.start >= before && cue.end >= cue.start, "{:?}", cue);
            prop_assert!(cue.end <= duration, "{:?} after {:?}", cue, duration);
            prop_assert!(!cue.lines.is_empty() && cue.lines.iter().all(|line| !line.is_empty()));
            before = cue.end;
        }
        prop_assert!(check(&cues, &rules).iter().all(|v| !matches!(v.fault, Fault::Overlap(_) | Fault::Tall(_))));
    }
}
