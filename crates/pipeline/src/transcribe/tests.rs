use std::collections::VecDeque;

use earmark_audio::MemorySource;
use earmark_engine::{
    Aligned, Error as EngineError, Observer, Outcome as RunOutcome, Recognition, Request, TimedWord,
};
use earmark_transcript::{Ms, Timing, Transcript};

use super::{Event, Models, Outcome, Watcher, transcribe};
use crate::{Align, Error, Policy, Recognize};

/// So many samples of one value.
fn tone(n_samples: usize) -> MemorySource<Vec<f32>> {
    MemorySource::new(vec![0.5; n_samples])
}

/// Says its lines, one a clip.
#[derive(Default)]
struct Script {
    lines: VecDeque<Recognition>,
    peaks: Vec<f32>,
}

impl Script {
    fn new(lines: &[(&str, &str)]) -> Self {
        let line = |(language, text): &(&str, &str)| Recognition {
            language: (*language).into(),
            text: (*text).into(),
            ..Recognition::default()
        };
        Self {
            lines: lines.iter().map(line).collect(),
            peaks: Vec::new(),
        }
    }
}

impl Recognize for Script {
    fn recognize(
        &mut self,
        samples: &[f32],
        _request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<RunOutcome<Recognition>, EngineError> {
        self.peaks.push(samples.iter().copied().fold(0.0, f32::max));
        observer.encoded(samples.len(), samples.len());
        if observer.cancelled() {
            return Ok(RunOutcome::Cancelled);
        }
        let line = self.lines.pop_front().unwrap_or_default();
        observer.text(&line.text);
        Ok(RunOutcome::Done(line))
    }
}

/// The models without an aligner.
fn alone(recognizer: &mut dyn Recognize) -> Models<'_> {
    Models {
        recognizer,
        aligner: None,
    }
}

/// Writes down what happens, and stops after so many looks.
struct Notes {
    lines: Vec<String>,
    patience: usize,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            lines: Vec::new(),
            patience: usize::MAX,
        }
    }
}

impl Watcher for Notes {
    fn cancelled(&mut self) -> bool {
        self.patience = self.patience.saturating_sub(1);
        self.patience == 0
    }
    fn event(&mut self, event: Event<'_>) {
        self.lines.push(match event {
            Event::ChunkStarted { start, end } => format!("{start}-{end}"),
            Event::Text(text) => format!("… {text}"),
            Event::ChunkFinished { segments, .. } => {
                let texts = segments.iter().map(|segment| format!("= {}", segment.text));
                self.lines.extend(texts);
                return;
            }
            Event::Progress { done, total } => format!("{done} of {}", total.unwrap_or_default()),
        });
    }
}

/// Three seconds under a limit of one second; the steady tone is cut at the first window.
fn run(script: &mut Script, notes: &mut Notes) -> Outcome {
    let policy = Policy {
        limit: 16_000,
        search_back: 0,
        search_ahead: 0,
        ends_at_pauses: false,
        step: 1,
    };
    let mut source = tone(48_000);
    transcribe(
        &mut source,
        alone(script),
        &Request::default(),
        policy,
        notes,
    )
    .unwrap()
}

fn done(outcome: Outcome) -> Transcript {
    match outcome {
        Outcome::Done(transcript) => transcript,
        Outcome::Cancelled(_) => panic!("nobody cancelled"),
    }
}

#[test]
fn pieces_become_a_transcript_with_offsets_and_merged_languages() {
    let mut script = Script::new(&[("English", "One two."), ("", ""), ("Chinese", "你好。")]);
    let transcript = done(run(&mut script, &mut Notes::default()));
    assert_eq!(transcript.text, "One two.你好。");
    assert_eq!(transcript.language, "English,Chinese");
    assert_eq!(transcript.duration, Ms(3000));
    let times: Vec<_> = transcript
        .segments
        .iter()
        .map(|s| (s.start, s.end))
        .collect();
    assert_eq!(
        times,
        [(Ms(0), Ms(1000)), (Ms(2000), Ms(3000))],
        "silence is no segment"
    );
    let estimated = "the times of the words are estimated: there is no aligner";
    assert_eq!(transcript.warnings, [estimated]);
}

#[test]
fn events_tell_what_happens_in_order() {
    let mut notes = Notes::default();
    run(
        &mut Script::new(&[("English", "a"), ("English", ""), ("English", "b")]),
        &mut notes,
    );
    let expected = [
        "0:00.000-0:01.000",
        "0:00.500 of 0:03.000",
        "… a",
        "= a",
        "0:01.000 of 0:03.000",
        "0:01.000-0:02.000",
        "0:01.500 of 0:03.000",
        "… ",
        "0:02.000 of 0:03.000",
        "0:02.000-0:03.000",
        "0:02.500 of 0:03.000",
        "… b",
        "= b",
        "0:03.000 of 0:03.000",
    ];
    assert_eq!(notes.lines, expected);
}

#[test]
fn cancel_keeps_what_was_finished() {
    let script = || Script::new(&[("English", "a"), ("English", "b"), ("English", "c")]);
    // Each chunk looks twice: before it is read, and inside the recogniser.
    for (patience, text, stopped_at) in [
        (1, "", "0:00"),
        (2, "", "0:00"),
        (4, "a", "0:01"),
        (5, "a b", "0:02"),
    ] {
        let mut notes = Notes {
            patience,
            ..Notes::default()
        };
        let Outcome::Cancelled(transcript) = run(&mut script(), &mut notes) else {
            panic!("cancelled after {patience} looks");
        };
        assert_eq!(transcript.text, text);
        assert_eq!(transcript.duration, Ms(3000), "as far as it is known");
        let stopped = format!("stopped at {stopped_at}");
        let is_told = |it: &String| it.starts_with(&stopped);
        assert!(transcript.warnings.iter().any(is_told));
    }
}

#[test]
fn warnings_of_source_and_model_reach_the_reader() {
    let mut source = tone(8_000).with_warning("the end is damaged");
    let mut script = Script::new(&[("English", "la la")]);
    script.lines[0].looped = true;
    script.lines[0].truncated = true;
    let policy = Policy::within(15);
    let outcome = transcribe(
        &mut source,
        alone(&mut script),
        &Request::default(),
        policy,
        &mut Notes::default(),
    );
    let warnings = done(outcome.unwrap()).warnings;
    assert_eq!(warnings.len(), 4);
    assert!(warnings[0].contains("did not come to an end"));
    assert!(warnings[1].contains("repeated itself"));
    // What holds for more than one chunk is told with the first.
    assert!(warnings[2].contains("there is no aligner"));
    assert_eq!(warnings[3], "the end is damaged");
}

#[test]
fn short_and_silent_recordings_say_so() {
    let check = |n_samples, expected: &str| {
        let (mut source, mut script) = (tone(n_samples), Script::default());
        let (request, policy) = (Request::default(), Policy::within(15));
        let outcome = transcribe(
            &mut source,
            alone(&mut script),
            &request,
            policy,
            &mut Notes::default(),
        )
        .unwrap();
        assert_eq!(done(outcome).warnings, [expected]);
    };
    check(0, "only 0 ms of sound; too short for a word");
    check(100, "only 6 ms of sound; too short for a word");
    check(16_000, "no speech was recognised");
}

#[test]
fn each_piece_is_brought_within_one() {
    let mut source = MemorySource::new(vec![4.0; 8_000]);
    let mut script = Script::default();
    let policy = Policy::within(15);
    transcribe(
        &mut source,
        alone(&mut script),
        &Request::default(),
        policy,
        &mut Notes::default(),
    )
    .unwrap();
    assert_eq!(script.peaks, [1.0]);
}

#[test]
fn a_failing_recogniser_ends_the_transcription() {
    struct Broken;
    impl Recognize for Broken {
        fn recognize(
            &mut self,
            _: &[f32],
            _: &Request<'_>,
            _: &mut dyn Observer,
        ) -> Result<RunOutcome<Recognition>, EngineError> {
            Err(EngineError::Clip("no memory".into()))
        }
    }
    let (mut source, policy) = (tone(8_000), Policy::within(15));
    let outcome = transcribe(
        &mut source,
        alone(&mut Broken),
        &Request::default(),
        policy,
        &mut Notes::default(),
    );
    assert!(matches!(outcome, Err(Error::Engine(_))));
}

/// Knows English, and gives every word 100 ms, the first at the beginning.
struct Ruler {
    n_calls: usize,
}

impl Align for Ruler {
    fn knows(&self, language: &str) -> bool {
        language == "English"
    }
    fn longest_s(&self) -> u32 {
        30
    }
    fn align(
        &mut self,
        _samples: &[f32],
        words: &[&str],
        _observer: &mut dyn Observer,
    ) -> Result<RunOutcome<Aligned>, EngineError> {
        self.n_calls += 1;
        if words.contains(&"broken") {
            return Err(EngineError::Clip("no memory".into()));
        }
        let word = |n: u32| TimedWord {
            start_ms: n * 100,
            end_ms: n * 100 + 100,
            quality: 0.5,
            repaired: [false; 2],
            raw_ms: [n * 100, n * 100 + 100],
            fine_ms: [n * 100, n * 100 + 100],
        };
        Ok(RunOutcome::Done(Aligned {
            words: (0..words.len() as u32).map(word).collect(),
            ..Aligned::default()
        }))
    }
}

fn timed(lines: &[(&str, &str)]) -> Transcript {
    let policy = Policy {
        limit: 16_000,
        search_back: 0,
        search_ahead: 0,
        ends_at_pauses: false,
        step: 1,
    };
    let (mut script, mut ruler) = (Script::new(lines), Ruler { n_calls: 0 });
    let models = Models {
        recognizer: &mut script,
        aligner: Some(&mut ruler),
    };
    let (mut source, request) = (tone(48_000), Request::default());
    let mut notes = Notes::default();
    done(transcribe(&mut source, models, &request, policy, &mut notes).unwrap())
}

#[test]
fn measured_words_stand_on_the_clock_of_the_recording() {
    let transcript = timed(&[
        ("English", ""),
        ("English", "Well, one-two!"),
        ("English", ""),
    ]);
    assert_eq!(transcript.warnings, [""; 0]);
    let [segment] = transcript.segments.as_slice() else {
        panic!("one sentence, not {:?}", transcript.segments)
    };
    assert_eq!(segment.timing, Timing::Aligned);
    let words: Vec<_> = segment
        .words
        .iter()
        .map(|word| (word.text.as_str(), word.start.0, word.end.0, word.quality))
        .collect();
    assert_eq!(
        words,
        [
            // nobody speaks in a steady tone, so the words are marked
            ("Well,", 1000, 1100, Some(0.0)),
            ("one-two!", 1100, 1200, Some(0.0))
        ]
    );
    assert_eq!((segment.start, segment.end), (Ms(1000), Ms(1200)));
}

#[test]
fn sentences_are_segments_of_their_own() {
    let transcript = timed(&[("English", "One two. Three four!"), ("", ""), ("", "")]);
    let texts: Vec<_> = transcript
        .segments
        .iter()
        .map(|s| s.text.as_str())
        .collect();
    assert_eq!(texts, ["One two.", "Three four!"]);
    assert_eq!(transcript.segments[1].start, Ms(200));
}

#[test]
fn what_cannot_be_measured_is_estimated_and_says_so() {
    let lines = [("Thai", "a b"), ("English", "broken"), ("English", "fine")];
    let transcript = timed(&lines);
    let timings: Vec<_> = transcript.segments.iter().map(|s| s.timing).collect();
    assert_eq!(
        timings,
        [Timing::Estimated, Timing::Estimated, Timing::Aligned]
    );
    assert!(
        transcript.segments[0]
            .words
            .iter()
            .all(|w| w.quality.is_none() && w.end > w.start)
    );
    assert_eq!(transcript.warnings.len(), 2);
    assert!(transcript.warnings[0].contains("in Thai are estimated"));
    let failed = &transcript.warnings[1];
    assert!(failed.contains("aligning failed: ") && failed.contains("no memory"));
}
