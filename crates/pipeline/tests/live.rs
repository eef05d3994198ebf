//! Speech becomes text while it is spoken: what is committed stays, whatever comes in whatever
//! blocks.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;
use std::sync::LazyLock;

use earmark_audio::{Recording, Source as _};
use earmark_engine::{Error as EngineError, Observer, Outcome, Recognition, StreamingClip, Token};
use earmark_transcript::{Ms, Transcript};
use proptest::prelude::*;

use earmark_pipeline::live::{Event, Follow, Live, Models, Pace, Settings, Watch};

/// Two people talk for two and a half minutes, with pauses.
static TALK: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/en-dialogue.flac");
    let mut recording = Recording::open(&samples).unwrap();
    let mut talk = Vec::new();
    while let Some(block) = recording.next_block().unwrap() {
        talk.extend(block);
    }
    talk
});

/// Recognises a word in every third of a second, and the last one wrong until more follows.
#[derive(Default)]
struct Script {
    n_looks: usize,
    /// Lengths of the clips it saw. Units: samples.
    longest: usize,
}

impl Follow for Script {
    fn follow(
        &mut self,
        clip: &mut StreamingClip,
        kept: &[Token],
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, EngineError> {
        if observer.cancelled() {
            return Ok(Outcome::Cancelled);
        }
        let n_samples = clip.samples().len();
        self.n_looks += 1;
        self.longest = self.longest.max(n_samples);
        let n_words = n_samples / 5_333;
        let mut text = String::new();
        let mut tokens = Vec::new();
        for i in 0..=n_words {
            let last = 1_000_000 + n_samples as u32;
            let id = if i == n_words { last } else { i as u32 };
            text.push_str(if i == 0 { "w" } else { " w" });
            text.push_str(&id.to_string());
            tokens.push(Token {
                id,
                probability: 0.5,
                end: text.len(),
            });
        }
        tokens.push(Token {
            id: 9_999_999,
            probability: 1.0,
            end: text.len(),
        });
        let kept: Vec<u32> = kept.iter().map(|token| token.id).collect();
        let said: Vec<u32> = tokens.iter().map(|token| token.id).collect();
        assert!(said.starts_with(&kept), "{said:?} after {kept:?}");
        Ok(Outcome::Done(Recognition {
            language: "English".into(),
            text,
            tokens,
            ..Recognition::default()
        }))
    }
}

/// Writes down what happens, and holds the rule of committed text.
#[derive(Default)]
struct Notes {
    lines: Vec<String>,
    /// Start and committed text of the present utterance.
    present: Option<(Ms, String)>,
    /// The committed texts of the utterances that are over, in order.
    finals: Vec<String>,
}

impl Watch for Notes {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Words {
                start,
                committed,
                tentative,
            } => {
                if let Some((at, before)) = &self.present {
                    assert_eq!(*at, start, "an utterance ends with its segments");
                    assert!(committed.starts_with(before), "{before} became {committed}");
                }
                self.present = Some((start, committed.to_owned()));
                self.lines.push(format!("{start} {committed}|{tentative}"));
            }
            Event::Segment(segment) => {
                if let Some((at, text)) = self.present.take() {
                    assert!(segment.start >= at);
                    self.finals.push(text);
                }
                self.lines
                    .push(format!("{} = {}", segment.start, segment.text));
            }
        }
    }
}

fn settings(pace: Pace, longest_clip_s: u32) -> Settings {
    Settings {
        pace,
        longest_clip_s,
        ..Settings::default()
    }
}

/// Feeds blocks of these sizes, again and again.
fn listen(samples: &[f32], settings: Settings, sizes: &[usize]) -> (Transcript, Notes, Script) {
    let (mut script, mut notes) = (Script::default(), Notes::default());
    let mut live = Live::new(settings);
    let mut rest = samples;
    let mut models = Models {
        recognizer: &mut script,
        aligner: None,
    };
    for size in sizes.iter().cycle() {
        let (block, tail) = rest.split_at((*size).min(rest.len()));
        live.push(block, &mut models, &mut notes).unwrap();
        rest = tail;
        if rest.is_empty() {
            break;
        }
    }
    let transcript = live.finish(&mut models, &mut notes).unwrap();
    (transcript, notes, script)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..Default::default() })]

    #[test]
    fn blocks_of_any_size_give_the_same(sizes in prop::collection::vec(1usize..40_000, 1..12)) {
        let talk = &TALK[..60 * 16_000];
        let (whole, notes, _) = listen(talk, settings(Pace::EveryStep, 16), &[talk.len()]);
        let (other, others, _) = listen(talk, settings(Pace::EveryStep, 16), &sizes);
        prop_assert_eq!(whole, other);
        prop_assert_eq!(notes.lines, others.lines);
    }

    #[test]
    fn whoever_catches_up_loses_nothing(sizes in prop::collection::vec(1usize..200_000, 1..12)) {
        let talk = &TALK[..60 * 16_000];
        let (whole, _, all) = listen(talk, settings(Pace::EveryStep, 16), &[4_000]);
        let (other, _, some) = listen(talk, settings(Pace::CatchUp, 16), &sizes);
        prop_assert!(some.n_looks <= all.n_looks);
        prop_assert_eq!(whole, other);
    }
}

#[test]
fn an_utterance_ends_with_its_whole_text_committed() {
    let (transcript, notes, script) = listen(&TALK, settings(Pace::EveryStep, 16), &[1_600]);
    assert!(notes.finals.len() > 10 && script.n_looks > 3 * notes.finals.len());
    assert_eq!(notes.finals.join(" "), transcript.text);
    assert!(
        notes
            .lines
            .iter()
            .any(|line| line.contains('|') && !line.ends_with('|'))
    );
    assert!(
        transcript
            .segments
            .windows(2)
            .all(|pair| pair[0].end <= pair[1].start)
    );
}

#[test]
fn speech_without_a_pause_is_cut_where_nothing_is_committed() {
    let (transcript, notes, script) = listen(&TALK, settings(Pace::EveryStep, 4), &[1_600]);
    assert!((60_000..=64_000).contains(&script.longest));
    assert_eq!(notes.finals.join(" "), transcript.text);
    // What is cut is in one utterance or the next: as many words as there is speech.
    let (uncut, ..) = listen(&TALK, settings(Pace::EveryStep, 30), &[1_600]);
    let n_words = |transcript: &Transcript| transcript.text.split(' ').count();
    let (cut, uncut) = (n_words(&transcript), n_words(&uncut));
    assert!(
        cut.abs_diff(uncut) < uncut / 5,
        "{cut} words, {uncut} without cuts"
    );
}

#[test]
fn ten_minutes_of_silence_say_nothing_and_keep_nothing() {
    let (mut script, mut notes) = (Script::default(), Notes::default());
    let mut live = Live::new(Settings::default());
    let mut models = Models {
        recognizer: &mut script,
        aligner: None,
    };
    // A quiet room, and now and then nothing at all.
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * 1e-3
    };
    let mut most = 0;
    for i in 0..6_000 {
        let is_quiet = (i / 600u32).is_multiple_of(2);
        let block: Vec<f32> = (0..1_600)
            .map(|_| if is_quiet { 0.0 } else { noise() })
            .collect();
        live.push(&block, &mut models, &mut notes).unwrap();
        most = most.max(live.n_held());
    }
    assert_eq!(live.heard(), Ms(600_000));
    let transcript = live.finish(&mut models, &mut notes).unwrap();
    assert_eq!(
        (script.n_looks, notes.lines.len()),
        (0, 0),
        "{:#?}",
        notes.lines
    );
    assert_eq!(transcript.duration, Ms(600_000));
    assert_eq!(transcript.warnings, ["no speech was recognised"]);
    assert!(most <= 4 * 16_000, "{most} samples kept");
}

#[test]
fn a_listener_who_leaves_keeps_what_was_recognised() {
    struct Leaver(usize);
    impl Watch for Leaver {
        fn cancelled(&mut self) -> bool {
            self.0 = self.0.saturating_sub(1);
            self.0 == 0
        }
    }
    let (mut script, mut leaver) = (Script::default(), Leaver(20));
    let mut live = Live::new(settings(Pace::EveryStep, 16));
    let mut models = Models {
        recognizer: &mut script,
        aligner: None,
    };
    live.push(&TALK[..30 * 16_000], &mut models, &mut leaver)
        .unwrap();
    let transcript = live.finish(&mut models, &mut leaver).unwrap();
    assert_eq!(script.n_looks, 19);
    assert!(!transcript.segments.is_empty());
}

/// Says one thing with a context and another without; a word more with every second.
struct Parrot {
    with: &'static str,
    without: &'static str,
}

impl Follow for Parrot {
    fn follow(
        &mut self,
        clip: &mut StreamingClip,
        kept: &[Token],
        _observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, EngineError> {
        let says = match clip.context() {
            "" => self.without,
            _ => self.with,
        };
        let n_words = 1 + clip.samples().len() / 8_000;
        let mut text = String::new();
        let mut tokens = Vec::new();
        for (i, word) in says.split(' ').take(n_words).enumerate() {
            text.push_str(if i == 0 { "" } else { " " });
            text.push_str(word);
            let id = word
                .bytes()
                .fold(1, |id, b| id * 31 % 1_000_003 + u32::from(b));
            let end = text.len();
            tokens.push(Token {
                id,
                probability: 0.5,
                end,
            });
        }
        tokens.push(Token {
            id: 0,
            probability: 1.0,
            end: text.len(),
        });
        assert!(kept.iter().zip(&tokens).all(|(a, b)| a.id == b.id));
        Ok(Outcome::Done(Recognition {
            text,
            tokens,
            ..Recognition::default()
        }))
    }
}

/// What a parrot's first utterance becomes, beside what was committed of it before its end.
#[track_caller]
fn check_echo(with: &'static str, without: &'static str, expected: (&str, bool)) -> Vec<String> {
    let settings = Settings {
        context: "Grafana, Kubernetes, Svelte".into(),
        pace: Pace::EveryStep,
        ..Settings::default()
    };
    let (mut parrot, mut notes) = (Parrot { with, without }, Notes::default());
    let mut live = Live::new(settings);
    let mut models = Models {
        recognizer: &mut parrot,
        aligner: None,
    };
    live.push(&TALK[..20 * 16_000], &mut models, &mut notes)
        .unwrap();
    let transcript = live.finish(&mut models, &mut notes).unwrap();
    let warns = transcript
        .warnings
        .iter()
        .any(|it| it.contains("gave the context back"));
    assert_eq!((transcript.segments[0].text.as_str(), warns), expected);
    assert_eq!(notes.finals[0], expected.0, "what was committed stays");
    let words = notes.lines.iter().take_while(|line| !line.contains(" = "));
    words.cloned().collect()
}

#[test]
fn an_echo_of_the_context_is_never_committed() {
    let echo = "Grafana, Kubernetes, Svelte.";
    let lines = check_echo(echo, "Good morning to all.", ("Good morning to all.", true));
    let (last, before) = lines.split_last().unwrap();
    assert!(
        before
            .iter()
            .any(|line| line.ends_with("|Grafana, Kubernetes, Svelte.")),
        "{before:#?}"
    );
    assert!(
        before.iter().all(|line| !line.contains("Svelte.|")),
        "{before:#?}"
    );
    assert!(last.ends_with("Good morning to all.|"), "{last}");
}

#[test]
fn a_list_that_was_really_said_stays_as_the_context_spells_it() {
    let said = "Grafana, Kubernetes, Svelte.";
    check_echo(said, "grafana kubernetes svelte", (said, false));
}
