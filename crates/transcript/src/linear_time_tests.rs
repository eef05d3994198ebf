//! Tests that every function which walks a person's text takes work in proportion to its length, however
//! hostile the text. They count [steps](crate::step_counter), not time.

use std::iter;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::*;

use crate::cues::{self, Cue, Rules};
use crate::export::{self, Format, Options, Punctuation, Script, fixture};
use crate::speakers::{Turn, Turns};
use crate::word_times::{self, Timed};
use crate::{Ms, Segment, Transcript};
use crate::{context, dictation, import, join, score, sentences, step_counter, units, words};

/// Characters of a long text: two hours of speech.
const LONG: usize = 100_000;

/// Characters that are enough to see a walk that takes more steps than it may.
const ENOUGH: usize = 2000;

/// A function that walks a text.
struct Walk {
    name: &'static str,
    /// Steps that a character may take.
    factor: usize,
    /// What comes out, as text.
    run: fn(&str) -> String,
    /// Whether the letters and digits that come out are those that went in.
    keeps: bool,
    /// What may be hard for it, said without end.
    hard: &'static [&'static str],
}

/// What any text goes through.
const WALKS: &[Walk] = &[
    Walk {
        name: "words",
        factor: 1,
        run: |text| {
            let words = words::split(text).into_iter();
            words.map(|word| &text[word]).collect()
        },
        keeps: true,
        hard: &["“", "(", "你", "a “", " "],
    },
    Walk {
        name: "units of most languages",
        factor: 2,
        run: |text| units_of(text, "English"),
        keeps: true,
        hard: &["a", "你", "\u{301}", "a-"],
    },
    Walk {
        name: "units of Japanese",
        factor: 2,
        run: |text| units_of(text, "Japanese"),
        keeps: true,
        hard: &["日本語", "ア", "ก", "a:\u{301}"],
    },
    Walk {
        name: "units of Korean",
        factor: 20,
        run: |text| units_of(text, "Korean"),
        keeps: true,
        hard: &["한", "국민학교", "학교에서 ", "\u{301}"],
    },
    Walk {
        name: "join",
        factor: 1,
        run: |text| join(text.split(' ')),
        keeps: true,
        hard: &["a ", " ", "你 "],
    },
    Walk {
        name: "places in units",
        factor: 6,
        run: |text| {
            let units = units::split(text, "English").into_iter();
            placed(text, units.map(|unit| unit.range))
        },
        keeps: true,
        hard: &["a ", "你", "…"],
    },
    Walk {
        name: "places in one unit",
        factor: 4,
        run: |text| placed(text, iter::once(0..text.len())),
        keeps: true,
        hard: &["a ", "你", "ア"],
    },
    Walk {
        name: "normalise",
        factor: 4,
        run: score::normalise,
        keeps: false,
        hard: &["\u{301}\u{327}", "a\u{301}\u{327}", "你", "1,"],
    },
    Walk {
        name: "dictated English",
        factor: 20,
        run: |text| dictation::written(text, "English"),
        keeps: false,
        hard: &["period colon ", "new line, ", ", "],
    },
    Walk {
        name: "dictated Chinese",
        factor: 20,
        run: |text| dictation::written(text, "Chinese"),
        keeps: false,
        hard: &["句号冒号", "换行，", "你"],
    },
    Walk {
        name: "dictated in turns",
        factor: 30,
        run: |text| {
            let mut segments: Vec<Segment> = text.split(' ').map(untimed).collect();
            for (nth, segment) in segments.iter_mut().enumerate() {
                segment.language = ["English", "Chinese"][nth % 2].into();
            }
            dictation::said(&segments, true)
        },
        keeps: false,
        hard: &["a ", "comma 换行 ", " "],
    },
    Walk {
        name: "terms",
        factor: 4,
        run: |text| context::terms(text).concat(),
        keeps: false,
        hard: &["a,", "a b c d e f g h i,", ".,"],
    },
    Walk {
        name: "terms heard",
        factor: 30,
        run: |text| context::heard(text, text).concat(),
        keeps: false,
        hard: &["a,", "你们，好，"],
    },
    Walk {
        name: "an echo",
        factor: 80,
        run: |text| {
            let echo = context::echo(text, text).unwrap_or_default();
            assert!(context::has(text, &echo));
            echo
        },
        keeps: false,
        hard: &["a "],
    },
    Walk {
        name: "sentences",
        factor: 60,
        run: |text| {
            let sentences = sentences::split(&fixture::spoken(text, 0));
            sentences.into_iter().map(|part| part.text).collect()
        },
        keeps: true,
        hard: &["a.” ", "你"],
    },
    Walk {
        name: "sentences of endless words",
        factor: 60,
        run: |text| {
            let mut segment = fixture::spoken(text, 0);
            let end = segment.words.len() as u32 * 1000;
            segment.words.iter_mut().for_each(|word| word.end = Ms(end));
            let sentences = sentences::split(&segment);
            sentences.into_iter().map(|part| part.text).collect()
        },
        keeps: true,
        hard: &["a "],
    },
    Walk {
        name: "speakers",
        factor: 60,
        run: |text| {
            let turn = |n: u32| Turn {
                speaker: format!("Speaker {}", n % 3),
                start: Ms(n * 900),
                end: Ms(n * 900 + 1_000),
            };
            let n_turns = text.len() as u32 / 2;
            let turns = Turns::from((0..n_turns).map(turn).collect::<Vec<_>>());
            let named = turns.name(&fixture::spoken(text, 0));
            named.into_iter().map(|part| part.text).collect()
        },
        keeps: true,
        hard: &["a ", "a.” ", "你"],
    },
    Walk {
        name: "subtitles read",
        factor: 8,
        run: |text| {
            let formats = [
                import::Format::Srt,
                import::Format::Vtt,
                import::Format::Ass,
                import::Format::Lrc,
            ];
            let read = |format| import::read(text.as_bytes(), Some(format));
            let read = formats.into_iter().flat_map(read);
            read.map(|transcript| transcript.text).collect()
        },
        keeps: false,
        hard: &[
            "00:00:01,000 --> 00:00:02,000\na\n\n",
            "-00:00:01,000 -> 00:00:02,000\n",
            "[00:01.00]",
            "[00:01.00]<",
            "&#",
            "\n",
            "1\n",
        ],
    },
];

fn units_of(text: &str, language: &str) -> String {
    let units = units::split(text, language).into_iter();
    units.map(|unit| unit.text).collect()
}

/// The words of a text, placed in units of it.
fn placed(text: &str, ranges: impl IntoIterator<Item = Range<usize>>) -> String {
    let unit = |(nth, range): (u32, Range<usize>)| Timed {
        range,
        start: Ms(nth * 100),
        end: Ms(nth * 100 + 80),
        quality: None,
    };
    let units: Vec<Timed> = (0..).zip(ranges).map(unit).collect();
    let words = word_times::words(text, Ms(0)..Ms(u32::MAX), &units).into_iter();
    words.map(|word| &text[word.range]).collect()
}

/// A segment of which only the text and the times are known.
fn untimed(text: &str) -> Segment {
    Segment {
        words: Vec::new(),
        end: Ms(1000),
        text: text.into(),
        ..fixture::spoken("", 0)
    }
}

fn of_one(segment: Segment) -> Transcript {
    Transcript::assemble(segment.end, vec![segment], Vec::new())
}

/// Letters and digits of a text.
fn letters(text: &str) -> String {
    let is_letter = |c: &char| *c != '\'' && units::is_kept(*c);
    text.chars().filter(is_letter).collect()
}

/// What a walk makes of a text in no more steps than its length allows.
#[track_caller]
fn check(name: &str, factor: usize, text: &str, walk: impl FnOnce(&str) -> String) -> String {
    let most = factor * (text.chars().count() + 100);
    let walked = AssertUnwindSafe(|| step_counter::at_most(most, || walk(text)));
    catch_unwind(walked).unwrap_or_else(|_| {
        let begin: String = text.chars().take(40).collect();
        panic!("{name}: {begin:?}…")
    })
}

#[track_caller]
fn check_walk(walk: &Walk, text: &str) {
    let result = check(walk.name, walk.factor, text, walk.run);
    let is_kept = !walk.keeps || letters(&result) == letters(text);
    assert!(is_kept, "{}: {text:?}", walk.name);
}

#[track_caller]
fn check_all(text: &str) {
    for walk in WALKS {
        check_walk(walk, text);
    }
}

/// A phrase as often as it takes for so many characters.
fn again(phrase: &str, n_characters: usize) -> String {
    phrase.repeat(n_characters.div_ceil(phrase.chars().count()))
}

#[test]
fn what_is_hard_without_end() {
    for walk in WALKS {
        for phrase in walk.hard {
            check_walk(walk, &again(phrase, LONG));
        }
    }
}

#[test]
fn what_is_hard_for_others_without_end() {
    let common = [
        "😀",
        "\u{FEFF}",
        "\u{200D}",
        "The tide came in. ",
        "7",
        "10 000,5 ",
        "Dr. ",
        "p.m. ",
        "((",
        "\r\n",
    ];
    let hard = WALKS.iter().flat_map(|walk| walk.hard);
    for phrase in hard.chain(&common) {
        check_all(&again(phrase, ENOUGH));
    }
}

/// No character becomes more when it is normalised.
#[test]
fn a_character_that_stands_for_eighteen() {
    let text = again("\u{FDFA}", LONG / 18);
    let result = check("normalise", 18, &text, score::normalise);
    assert_eq!(result.matches("صلى").count(), text.chars().count());
}

/// Every term another one, and all of them heard.
#[test]
fn a_context_of_nothing_but_terms() {
    let list: Vec<String> = (0..LONG / 7).map(|nth| format!("t{nth:05}")).collect();
    let list = list.join(",");
    check("terms heard", 30, &list, |list| {
        assert_eq!(context::heard(list, list).join(","), *list);
        String::new()
    });
    let prose = list.replace(',', " ");
    check("an echo of prose", 80, &prose, |prose| {
        let echo = context::echo(prose, prose).unwrap_or_default();
        assert!(context::has(prose, &echo));
        echo
    });
}

/// A phrase in a file of subtitles, and what is read of it each time.
#[track_caller]
fn check_file(format: import::Format, head: &str, phrase: &str, expected: &str) {
    let n = LONG.div_ceil(phrase.len());
    let file = format!("{head}{}", phrase.repeat(n));
    let text = check(phrase, 12, &file, |file| {
        let read = import::read(file.as_bytes(), Some(format)).unwrap();
        import::cues(file.as_bytes(), Some(format)).unwrap();
        read.text
    });
    assert_eq!(text, expected.repeat(n).trim(), "{phrase:?}");
}

#[test]
fn markup_without_end() {
    let check = |phrase, expected| {
        let head = "00:00:01,000 --> 00:00:09,000\n";
        check_file(import::Format::Srt, head, phrase, expected);
    };
    for text in [
        "<", "<<<>", "<i ", "</", "</i", "<font a", "{", "}{", "{\\", "{\\<i", "&&amp;",
    ] {
        check(text, text);
    }
    check("<i>", "");
    check("<i><i>a", "a");
    check("<<i>", "<");
    check("{\\an8}", "");
    check("a\n", "a ");
    check("\n", "");
    check("-->\n", "--> ");
    check("00:00:01,000 --> 00:00:09,000\n", "");
    check("\u{FEFF}", "\u{FEFF}");
}

/// What closes markup at the beginning of a line closes nothing behind it.
#[test]
fn markup_that_was_closed_before_it_began() {
    for phrase in ["<i ", "{\\"] {
        let line = format!(">}}{}a", again(phrase, LONG));
        let file = format!("00:00:01,000 --> 00:00:09,000\n{line}");
        let text = check("markup", 6, &file, |file| {
            let read = import::read(file.as_bytes(), Some(import::Format::Srt));
            read.unwrap().text
        });
        assert_eq!(text, line);
    }
}

#[test]
fn tags_and_stamps_without_end() {
    let check = |phrase, expected| {
        let head = "WEBVTT\n\n00:01.000 --> 00:09.000\n";
        check_file(import::Format::Vtt, head, phrase, expected);
    };
    check("<", "");
    check("<i>", "");
    check("a<i>", "a");
    check("<v a>b", "b");
    check("<00:02.000>", "");
    check("<00:02.000>好", "好");
    check("a <00:02.000>\n", "a ");
    check("&", "&");
    check("&amp;", "&");
    check("a\n", "a ");
}

#[test]
fn commands_without_end() {
    let check = |phrase, expected| {
        let head = "[Events]\nDialogue: 0,0:00:01.00,0:00:09.00,,,0,0,0,,";
        check_file(import::Format::Ass, head, phrase, expected);
    };
    check("{", "{");
    check("}", "}");
    check("\\", "\\");
    check("{}", "");
    check("a\\N", "a ");
    check("\\h", "");
    check("{\\k5}", "");
    check("{\\k5}好", "好");
    check("{\\k5\\k5", "{\\k5\\k5");
    check("a,", "a,");
}

/// The letters of all cues.
fn shown(transcript: &Transcript, rules: &Rules) -> String {
    let cues = cues::make(transcript, rules);
    cues::check(&cues, rules);
    cues.iter().flat_map(Cue::texts).collect()
}

/// A word is tried with all that may share its cue: as many words as fit its lines, if those are of
/// one letter.
#[test]
fn cues_of_a_long_text() {
    let check = |phrase, factor, segment: fn(&str) -> Segment| {
        let text = again(phrase, LONG);
        let transcript = of_one(segment(&text));
        let result = check("cues", factor, &text, |_| {
            shown(&transcript, &Rules::social())
        });
        assert_eq!(letters(&result), letters(&text));
    };
    let timed = |text: &str| fixture::spoken(text, 0);
    check("The tide came in, and nobody saw it. ", 40, timed);
    check("The tide came in, and nobody saw it. ", 40, untimed);
    check("incomprehensibilities ", 10, untimed);
    check("你好，世界。", 60, timed);
    check("ก", 80, untimed);
    check("a", 10, timed);
    check("\n", 10, timed);
}

/// However much the rules allow, what is tried for a word ends somewhere.
#[test]
fn cues_of_rules_without_end() {
    let text = "a ".repeat(300);
    let transcript = of_one(fixture::spoken(&text, 0));
    for (max_columns, max_lines) in [(usize::MAX, usize::MAX), (80, 3), (7, usize::MAX)] {
        let rules = Rules {
            max_columns,
            max_lines,
            ..Rules::broadcast()
        };
        let result = check("cues", 20_000, &text, |_| shown(&transcript, &rules));
        assert_eq!(letters(&result), letters(&text));
    }
}

#[test]
fn files_of_a_long_text() {
    let options = Options {
        rules: Some(Rules::social()),
        punctuation: Punctuation::Drop,
        script: Some(Script::Traditional),
        word_times: true,
        ..Options::default()
    };
    let text = again("头发 -->{<i>\\&*, ", LONG);
    let segment = Segment {
        language: "Chinese".into(),
        ..fixture::spoken(&text, 0)
    };
    let transcript = of_one(segment);
    for format in Format::ALL.into_iter().filter(|it| *it != Format::Rttm) {
        check(format.extension(), 60, &text, |_| {
            let file = export::render(format, &transcript, "a.wav", &options);
            let (file, n) = (String::from_utf8_lossy(&file), text.matches('发').count());
            assert!(file.matches('髮').count() >= n, "{format:?}");
            String::new()
        });
    }
}

/// The time that a score takes grows with what was misheard; its memory does not.
#[test]
fn a_score_of_a_long_text() {
    let truth = again("the tide came in and nobody saw it ", LONG);
    let heard = truth.replacen("tide", "time", 20);
    check("characters", 200, &truth, |truth| {
        assert_eq!(score::characters(truth, &heard).n_errors, 20);
        assert_eq!(score::words(truth, &heard).n_errors, 20);
        String::new()
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_phrases_without_end(
        phrases in proptest::collection::vec(
            "period |colon |full stop|new line |comma|句号|冒号|换行|a|B |é|好|ア|한|학교|ก|[.,!?:;…。，] ?|\
             [\"'“”()（）「」<>{}-]|Dr\\. |p\\.m\\. |3|10 000 |\n|\r| |\u{301}|\u{200d}|\u{FEFF}|😀|\
             <i>|</|<i |\\{\\\\|\\\\N|-->|&amp;|<00:02\\.000>|00:00:01,000 --> 00:00:02,000\n|WEBVTT\n\n",
            1..6),
    ) {
        let phrase = phrases.concat();
        check_all(&again(&phrase, ENOUGH));
    }
}
