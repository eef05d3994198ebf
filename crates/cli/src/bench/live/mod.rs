//! How live transcription keeps up with speech, on a clock of its own: a minute of speech takes as
//! long as it takes to hear, and only the work is measured.
//!
//! The first minutes and the last are measured, and the last say what the first said, so that they
//! compare. What lies between is heard as fast as can be; where tokens are forced upon a model, it
//! is not even asked then, and as many words take the place of its answer.
//!
//! A computer is not equally fast all the time. So each of the last minutes is also heard by a
//! fresh listener, in turn with the one that has been listening for hours: what they differ by is
//! what the hours cost.

mod talk;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::bail;
use earmark_engine::{
    Error as EngineError, Limit, Observer, Outcome, Recognition, Recognizer, SAMPLE_RATE,
    StreamingClip, Token,
};
use earmark_pipeline::live::{Event, Follow, Live, Models, Settings, Watch};
use earmark_transcript::score;
use serde::Serialize;

use super::machine;
pub(super) use talk::Talk;

/// How often sound comes. Units: samples.
const TICK: u64 = SAMPLE_RATE as u64 / 20;

/// Samples of a minute.
const MINUTE: u64 = 60 * SAMPLE_RATE as u64;

/// What one benchmark measured; the names are part of the command's contract.
#[derive(Serialize)]
pub(super) struct Report {
    minutes: u32,
    measured_minutes: usize,
    rtf: f64,
    keeps_up: bool,
    looks_per_minute: f64,
    late_median_ms: f64,
    late_most_ms: f64,
    words_shown: usize,
    word_median_ms: Option<f64>,
    word_p95_ms: Option<f64>,
    first_minutes_cpu_s: Option<f64>,
    last_minutes_cpu_s: Option<f64>,
    fresh_minutes_cpu_s: Option<f64>,
    first_minutes_s: f64,
    last_minutes_s: f64,
    fresh_minutes_s: f64,
    last_to_first: f64,
    last_to_fresh: f64,
    resident_mb: Option<f64>,
    peak_rss_mb: Option<f64>,
    dtype: &'static str,
    device: String,
}

/// What is asked for.
pub(super) struct Plan {
    /// How long to listen.
    pub(super) minutes: u32,
    /// Minutes at either end that are heard as they come.
    pub(super) measured: u32,
    /// Tokens that every second of speech is made to have, whatever the model says.
    pub(super) tokens_per_s: Option<f64>,
    /// Longest clip of the checkpoint. Units: seconds.
    pub(super) longest_clip_s: u32,
}

/// One minute that was heard as it came.
struct Minute {
    spent: Duration,
    cpu_s: Option<f64>,
    n_looks: usize,
}

/// Listens to speech for so many minutes.
///
/// Errors: the recogniser fails.
pub(super) fn measure(recognizer: Recognizer, talk: &Talk, plan: &Plan) -> anyhow::Result<Report> {
    if talk.is_empty() {
        bail!("there is no sound in the recording");
    }
    let mut follower = Forced {
        recognizer,
        tokens_per_s: plan.tokens_per_s,
        is_asleep: false,
        n_looks: 0,
    };
    let mut listener = Listener::new(talk, plan);
    let (mut first, mut last, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    // The first minute warms up.
    let measured = plan
        .measured
        .min(plan.minutes.saturating_sub(1).div_ceil(2));
    let until = (1 + measured).min(plan.minutes);
    let from = until.max(plan.minutes - measured);
    listener.pass(0, &mut follower)?;
    for nth in 1..until {
        crate::out::say(&format!("minute {} of {}", nth + 1, plan.minutes));
        first.push(listener.hear(nth, &mut follower)?);
    }
    for nth in until..from {
        follower.is_asleep = plan.tokens_per_s.is_some();
        listener.pass(nth, &mut follower)?;
    }
    follower.is_asleep = false;
    let mut beginner = Listener::new(talk, plan);
    beginner.pass(0, &mut follower)?;
    listener.viewer.shift = u64::from(from - 1) * MINUTE;
    for nth in from..plan.minutes {
        crate::out::say(&format!("minute {} of {}", nth + 1, plan.minutes));
        // By turns one and the other begins.
        if nth % 2 == 0 {
            last.push(listener.hear(nth, &mut follower)?);
        }
        fresh.push(beginner.hear(nth - from + 1, &mut follower)?);
        if nth % 2 == 1 {
            last.push(listener.hear(nth, &mut follower)?);
        }
    }
    let spans = Spans { first, last, fresh };
    Ok(report(&follower.recognizer, listener.viewer, &spans, plan))
}

/// Minutes that were heard as they came.
struct Spans {
    first: Vec<Minute>,
    last: Vec<Minute>,
    /// The last ones, as a fresh listener heard them.
    fresh: Vec<Minute>,
}

/// Somebody who listens.
struct Listener<'a> {
    live: Live,
    viewer: Viewer<'a>,
}

impl<'a> Listener<'a> {
    fn new(talk: &'a Talk, plan: &Plan) -> Self {
        Self {
            live: Live::new(Settings {
                longest_clip_s: plan.longest_clip_s,
                ..Settings::default()
            }),
            viewer: Viewer {
                talk,
                shift: 0,
                clock: None,
                late: Vec::new(),
                shown: Vec::new(),
                seen: HashSet::new(),
            },
        }
    }

    fn push(&mut self, samples: &[f32], follower: &mut Forced) -> anyhow::Result<()> {
        let mut models = Models {
            recognizer: follower,
            aligner: None,
        };
        Ok(self.live.push(samples, &mut models, &mut self.viewer)?)
    }

    /// Hears a minute as fast as can be.
    fn pass(&mut self, nth: u32, follower: &mut Forced) -> anyhow::Result<()> {
        self.viewer.clock = None;
        let from = u64::from(nth) * MINUTE;
        self.push(&self.viewer.talk.part(from, from + MINUTE), follower)
    }

    /// Hears a minute as it comes: at any time there is only what was said until then, and work
    /// takes the time it takes.
    fn hear(&mut self, nth: u32, follower: &mut Forced) -> anyhow::Result<Minute> {
        let before = (machine::cpu_s(), follower.n_looks);
        let from = u64::from(nth) * MINUTE;
        let (mut now, mut fed) = (from, from);
        let mut spent = Duration::ZERO;
        let end = from + MINUTE;
        while fed < end {
            let there = now.min(end);
            // The last tick of a minute may be a short one.
            if there < end.min(fed + TICK) {
                now += TICK;
                continue;
            }
            self.viewer.late.push(there - fed);
            let begun = Instant::now();
            self.viewer.clock = Some((now, begun));
            let shift = self.viewer.shift;
            self.push(&self.viewer.talk.part(fed - shift, there - shift), follower)?;
            fed = there;
            spent += begun.elapsed();
            now += samples(begun.elapsed());
        }
        let cpu_s = machine::cpu_s().zip(before.0);
        Ok(Minute {
            spent,
            cpu_s: cpu_s.map(|(after, before)| after - before),
            n_looks: follower.n_looks - before.1,
        })
    }
}

fn report(recognizer: &Recognizer, viewer: Viewer<'_>, spans: &Spans, plan: &Plan) -> Report {
    let Spans { first, last, fresh } = spans;
    let Viewer {
        mut late,
        mut shown,
        ..
    } = viewer;
    late.sort_unstable();
    shown.sort_unstable();
    let n = first.len() + last.len();
    let own = || first.iter().chain(last);
    let spent: Duration = own().map(|minute| minute.spent).sum();
    let rtf = spent.as_secs_f64() / n.max(1) as f64 / 60.0;
    let n_looks: usize = own().map(|minute| minute.n_looks).sum();
    let ms = |samples: Option<u64>| samples.map(|n| n as f64 * 1e3 / f64::from(SAMPLE_RATE));
    Report {
        minutes: plan.minutes,
        measured_minutes: n,
        rtf,
        keeps_up: rtf < 1.0,
        looks_per_minute: n_looks as f64 / n.max(1) as f64,
        late_median_ms: ms(share(&late, 0.5)).unwrap_or(0.0),
        late_most_ms: ms(late.last().copied()).unwrap_or(0.0),
        words_shown: shown.len(),
        word_median_ms: ms(share(&shown, 0.5)),
        word_p95_ms: ms(share(&shown, 0.95)),
        first_minutes_cpu_s: cpu_s(first),
        last_minutes_cpu_s: cpu_s(last),
        fresh_minutes_cpu_s: cpu_s(fresh),
        first_minutes_s: wall_s(first),
        last_minutes_s: wall_s(last),
        fresh_minutes_s: wall_s(fresh),
        last_to_first: ratio(last, first),
        last_to_fresh: ratio(last, fresh),
        resident_mb: machine::resident_mb(),
        peak_rss_mb: machine::peak_mb(),
        dtype: recognizer.model().dtype().name(),
        device: recognizer.model().device(),
    }
}

/// What a minute took on average. Units: seconds.
fn wall_s(minutes: &[Minute]) -> f64 {
    let sum: Duration = minutes.iter().map(|minute| minute.spent).sum();
    sum.as_secs_f64() / minutes.len().max(1) as f64
}

/// What a minute cost on average, where the system tells. Units: seconds of processor time.
fn cpu_s(minutes: &[Minute]) -> Option<f64> {
    let each: Option<Vec<f64>> = minutes.iter().map(|minute| minute.cpu_s).collect();
    each.map(|each| each.iter().sum::<f64>() / each.len().max(1) as f64)
}

/// How many times as much some minutes cost as others; 1 where there are none.
fn ratio(these: &[Minute], others: &[Minute]) -> f64 {
    if these.is_empty() || others.is_empty() {
        return 1.0;
    }
    match (cpu_s(these), cpu_s(others)) {
        (Some(these), Some(others)) if others > 0.0 => these / others,
        _ => wall_s(these) / wall_s(others).max(f64::MIN_POSITIVE),
    }
}

fn samples(time: Duration) -> u64 {
    (time.as_secs_f64() * f64::from(SAMPLE_RATE)) as u64
}

/// The value that such a share of the sorted values does not exceed.
fn share(sorted: &[u64], share: f64) -> Option<u64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}

/// A recogniser that may be made to find so many tokens in every second.
///
/// What a model of random weights says has no end and changes with every look. So the work is done
/// for as many tokens as were asked for, and words that stay take their place: what is committed is
/// then read again and not generated again, as with a trained model.
struct Forced {
    recognizer: Recognizer,
    tokens_per_s: Option<f64>,
    /// Whether the words come without the model.
    is_asleep: bool,
    n_looks: usize,
}

impl Follow for Forced {
    fn follow(
        &mut self,
        clip: &mut StreamingClip,
        kept: &[Token],
        observer: &mut dyn Observer,
    ) -> Result<Outcome<Recognition>, EngineError> {
        self.n_looks += 1;
        let Some(tokens_per_s) = self.tokens_per_s else {
            return self.recognizer.follow(clip, kept, Limit::Natural, observer);
        };
        let seconds = clip.samples().len() as f64 / f64::from(SAMPLE_RATE);
        let n_tokens = ((seconds * tokens_per_s) as usize).max(kept.len() + 1);
        let limit = Limit::Exactly(n_tokens - kept.len());
        let mut heard = if self.is_asleep {
            let blank = Token {
                id: 0,
                probability: 1.0,
                end: 0,
            };
            Recognition {
                tokens: vec![blank; n_tokens],
                ..Recognition::default()
            }
        } else {
            match self.recognizer.follow(clip, kept, limit, observer)? {
                Outcome::Done(heard) => heard,
                stopped @ Outcome::Cancelled => return Ok(stopped),
            }
        };
        heard.text.clear();
        for (i, token) in heard.tokens.iter_mut().enumerate() {
            heard.text += if i == 0 { "word" } else { " word" };
            token.id = 100 + i as u32;
            token.end = heard.text.len();
        }
        Ok(Outcome::Done(heard))
    }
}

/// Sees when the words of the talk appear.
struct Viewer<'a> {
    talk: &'a Talk,
    /// How much later something is said than in the talk. Units: samples.
    shift: u64,
    /// The sample that came last when the work at hand began, and when that was; `None` while
    /// nobody looks.
    clock: Option<(u64, Instant)>,
    /// How much waited to be heard each time. Units: samples.
    late: Vec<u64>,
    /// From the end of a word to the time when it was shown. Units: samples.
    shown: Vec<u64>,
    /// The words that were shown, by their ends.
    seen: HashSet<u64>,
}

impl Watch for Viewer<'_> {
    fn event(&mut self, event: Event<'_>) {
        let Event::Words {
            start,
            committed,
            tentative,
        } = event
        else {
            return;
        };
        let Some((now, begun)) = self.clock else {
            return;
        };
        let text = format!("{committed}{tentative}");
        let texts: Vec<String> = talk::words(&text).collect();
        let from = start.n_samples(SAMPLE_RATE);
        let from = from.max(self.shift + MINUTE) - self.shift;
        let said = self.talk.words(from, now - self.shift);
        let truth: Vec<&str> = said.iter().map(|(text, _)| *text).collect();
        let shown: Vec<&str> = texts.iter().map(String::as_str).collect();
        for (i, _) in score::matches(&truth, &shown) {
            let at = now + samples(begun.elapsed());
            if let Some(end) = said[i].1.map(|end| end + self.shift)
                && self.seen.insert(end)
            {
                self.shown.push(at - end.min(at));
            }
        }
    }
}

impl Report {
    pub(super) fn table(&self) -> String {
        let maybe = |value: Option<f64>, unit: &str| {
            value.map_or_else(|| "?".into(), |value| format!("{value:.0} {unit}"))
        };
        let cost = |cpu: Option<f64>, wall: f64| match cpu {
            Some(cpu) => format!("{cpu:.2} s of processor time, {wall:.2} s"),
            None => format!("{wall:.2} s"),
        };
        [
            ("device", format!("{}, {}", self.device, self.dtype)),
            (
                "speed",
                format!(
                    "real-time factor {:.3}, {:.0} looks a minute: it {}",
                    self.rtf,
                    self.looks_per_minute,
                    if self.keeps_up {
                        "keeps up"
                    } else {
                        "does not keep up"
                    }
                ),
            ),
            (
                "waiting",
                format!(
                    "{:.0} ms of sound at the median, {:.0} ms at most",
                    self.late_median_ms, self.late_most_ms
                ),
            ),
            (
                "words",
                format!(
                    "shown {} after their end at the median, {} at the 95th percentile ({} words)",
                    maybe(self.word_median_ms, "ms"),
                    maybe(self.word_p95_ms, "ms"),
                    self.words_shown
                ),
            ),
            (
                "a minute",
                format!(
                    "{} in the first minutes, {} in the last of {}: {:+.1} %",
                    cost(self.first_minutes_cpu_s, self.first_minutes_s),
                    cost(self.last_minutes_cpu_s, self.last_minutes_s),
                    self.minutes,
                    100.0 * (self.last_to_first - 1.0)
                ),
            ),
            (
                "fresh",
                format!(
                    "{} for somebody who has only begun, in turn with the last: {:+.1} %",
                    cost(self.fresh_minutes_cpu_s, self.fresh_minutes_s),
                    100.0 * (self.last_to_fresh - 1.0)
                ),
            ),
            (
                "memory",
                format!(
                    "{} at the end, {} at the peak",
                    maybe(self.resident_mb, "MB"),
                    maybe(self.peak_rss_mb, "MB")
                ),
            ),
        ]
        .map(|(name, value)| format!("{name:<9} {value}"))
        .join("\n")
    }
}
