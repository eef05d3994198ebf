use std::collections::VecDeque;

use earmark_audio::{MemorySource, Source};
use earmark_engine::{
    Aligned, Error as EngineError, Observer, Outcome, Recognition, Request, TimedWord,
};
use earmark_transcript::{Language, Ms};

use super::{Timed, Tools, align_reference_text};
use crate::{Align, Error, Precision, Recognize, Watcher};

/// So many seconds of a steady tone.
fn tone(n_seconds: usize) -> MemorySource<Vec<f32>> {
    MemorySource::new(vec![0.5; n_seconds * 16_000])
}

/// Takes one second at a time, gives every word 100 ms, and writes down what it was given.
#[derive(Default)]
struct Ruler(Vec<String>);

impl Align for Ruler {
    fn knows(&self, _: &str) -> bool {
        true
    }
    fn longest_s(&self) -> u32 {
        1
    }
    fn align(
        &mut self,
        _: &[f32],
        words: &[&str],
        _: &mut dyn Observer,
    ) -> Result<Outcome<Aligned>, EngineError> {
        self.0.push(words.join(" "));
        let word = |n: u32| TimedWord {
            start_ms: n * 100,
            end_ms: n * 100 + 100,
            quality: 0.5,
            repaired: [false; 2],
            raw_ms: [n * 100, n * 100 + 100],
            fine_ms: [n * 100, n * 100 + 100],
        };
        Ok(Outcome::Done(Aligned {
            words: (0..words.len() as u32).map(word).collect(),
            ..Aligned::default()
        }))
    }
}

/// Recognises these lines, one a chunk.
struct Script(VecDeque<&'static str>);

impl Recognize for Script {
    fn recognize(
        &mut self,
        _: &[f32],
        _: &Request<'_>,
        _: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, EngineError> {
        Ok(Outcome::Done(Recognition {
            language: "English".into(),
            text: self.0.pop_front().unwrap_or_default().into(),
            ..Recognition::default()
        }))
    }
}

struct Silent;
impl Watcher for Silent {}

/// The words that the aligner was given, chunk by chunk, and what came of it.
fn run(recognised: &[&'static str], lines: &[&str]) -> (Vec<String>, Timed) {
    let (mut ruler, mut script) = (
        Ruler::default(),
        Script(recognised.iter().copied().collect()),
    );
    let n_pieces = recognised.len();
    let tools = Tools {
        aligner: &mut ruler,
        recognizer: Some(&mut script),
        precision: Precision::Best,
    };
    // The tone is cut at the first window, half way into each second or later; see `chunk`.
    let mut open = || -> Result<Box<dyn Source>, Error> { Ok(Box::new(tone(n_pieces))) };
    let language = Language::find("en").unwrap();
    let timed = align_reference_text(&mut open, lines, language, tools, &mut Silent).unwrap();
    (ruler.0, timed.unwrap())
}

fn found(timed: &Timed) -> Vec<bool> {
    timed.lines.iter().map(|line| line.found).collect()
}

#[test]
fn every_piece_is_aligned_with_its_own_words() {
    let (given, timed) = run(
        &["good morning everyone", "how are you"],
        &["Good morning, everyone!", "How are you?"],
    );
    assert_eq!(given, ["Good morning everyone", "How are you"]);
    assert_eq!(found(&timed), [true, true]);
    assert_eq!(timed.units.len(), 6);
    let starts: Vec<Ms> = timed.lines.iter().map(|line| line.span().start).collect();
    assert_eq!(starts[0], Ms(0));
    assert!(
        starts[1] >= Ms(500),
        "the second chunk begins later: {starts:?}"
    );
}

#[test]
fn a_line_may_go_on_in_the_next_piece_and_words_may_be_wrong() {
    let (given, _) = run(
        &["good mourning every", "one how ah you"],
        &["Good morning every one, how are you?"],
    );
    assert_eq!(given, ["Good morning every", "one how are you"]);
}

#[test]
fn lines_that_nobody_speaks_are_named_and_disturb_nobody() {
    let (given, timed) = run(
        &["good morning everyone", "how are you"],
        &[
            "Good morning everyone",
            "The purple elephant danced quietly",
            "How are you",
        ],
    );
    assert_eq!(given, ["Good morning everyone", "How are you"]);
    assert_eq!(found(&timed), [true, false, true]);
    let lost = &timed.lines[1];
    assert!(lost.words.iter().all(|word| word.start == word.end));
    assert_eq!(lost.span().start, timed.lines[0].span().end);
}

#[test]
fn a_long_recording_needs_a_recogniser_and_a_short_one_does_not() {
    let align = |n_seconds| {
        let mut ruler = Ruler::default();
        let tools = Tools {
            aligner: &mut ruler,
            recognizer: None,
            precision: Precision::Best,
        };
        let mut open = || -> Result<Box<dyn Source>, Error> { Ok(Box::new(tone(n_seconds))) };
        let language = Language::find("en").unwrap();
        align_reference_text(
            &mut open,
            &["One two", "three"],
            language,
            tools,
            &mut Silent,
        )
    };
    let timed = align(1).unwrap().unwrap();
    assert_eq!(timed.units.len(), 3);
    assert_eq!(timed.lines[1].words[0].start, Ms(200));
    assert!(matches!(
        align(2),
        Err(Error::NeedsRecognizer { longest_s: 1 })
    ));
}

#[test]
fn what_is_stopped_gives_nothing() {
    struct Stop;
    impl Watcher for Stop {
        fn cancelled(&mut self) -> bool {
            true
        }
    }
    struct Asks;
    impl Recognize for Asks {
        fn recognize(
            &mut self,
            _: &[f32],
            _: &Request<'_>,
            observer: &mut dyn Observer,
        ) -> Result<Outcome<Recognition>, EngineError> {
            assert!(observer.cancelled());
            Ok(Outcome::Cancelled)
        }
    }
    let mut ruler = Ruler::default();
    let tools = Tools {
        aligner: &mut ruler,
        recognizer: Some(&mut Asks),
        precision: Precision::Best,
    };
    let mut open = || -> Result<Box<dyn Source>, Error> { Ok(Box::new(tone(1))) };
    let language = Language::find("en").unwrap();
    assert_eq!(
        align_reference_text(&mut open, &["One"], language, tools, &mut Stop).unwrap(),
        None
    );
}
