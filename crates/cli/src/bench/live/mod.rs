//! Whether live transcription keeps up with speech. Samples are fed in real time on a simulated
//! clock, which advances by the time that the work takes.
//!
//! The first and the last minutes are measured, with the same speech, so they are comparable. The
//! minutes between are fed as fast as possible; with a forced token rate the model is not run
//! there, and placeholder words are used instead.
//!
//! A computer's speed varies. So each of the last minutes is also fed to a fresh session, in turn
//! with the one that has run for hours: the difference is what the length costs.

mod looped_speech;

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
pub(super) use looped_speech::LoopedSpeech;

/// Interval at which samples are fed. Units: samples.
const TICK: u64 = SAMPLE_RATE as u64 / 20;

/// Samples of a minute.
const MINUTE: u64 = 60 * SAMPLE_RATE as u64;

/// The results; field names are part of the JSON output.
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

/// Options of the benchmark.
pub(super) struct Plan {
    /// Total length.
    pub(super) minutes: u32,
    /// Minutes at the start and at the end that are measured in real time.
    pub(super) measured: u32,
    /// ForcedRate number of tokens per second of speech.
    pub(super) tokens_per_s: Option<f64>,
    /// Longest clip of the checkpoint. Units: seconds.
    pub(super) longest_clip_s: u32,
}

/// Measurements of one minute that was fed in real time.
struct Minute {
    spent: Duration,
    cpu_s: Option<f64>,
    n_looks: usize,
}

/// Runs live transcription on the looped speech.
///
/// Errors: the recogniser fails.
pub(super) fn measure(
    recognizer: Recognizer,
    speech: &LoopedSpeech,
    plan: &Plan,
) -> anyhow::Result<Report> {
    if speech.is_empty() {
        bail!("there is no audio in the recording");
    }
    let mut recognizer = ForcedRate {
        recognizer,
        tokens_per_s: plan.tokens_per_s,
        is_model_skipped: false,
        n_looks: 0,
    };
    let mut long_run = LiveRun::new(speech, plan);
    let (mut first, mut last, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    // The first minute is a warm-up.
    let measured = plan
        .measured
        .min(plan.minutes.saturating_sub(1).div_ceil(2));
    let until = (1 + measured).min(plan.minutes);
    let from = until.max(plan.minutes - measured);
    long_run.feed_fast(0, &mut recognizer)?;
    for nth in 1..until {
        crate::output::message(&format!("minute {} of {}", nth + 1, plan.minutes));
        first.push(long_run.feed_in_real_time(nth, &mut recognizer)?);
    }
    for nth in until..from {
        recognizer.is_model_skipped = plan.tokens_per_s.is_some();
        long_run.feed_fast(nth, &mut recognizer)?;
    }
    recognizer.is_model_skipped = false;
    let mut fresh_run = LiveRun::new(speech, plan);
    fresh_run.feed_fast(0, &mut recognizer)?;
    long_run.delays.shift = u64::from(from - 1) * MINUTE;
    for nth in from..plan.minutes {
        crate::output::message(&format!("minute {} of {}", nth + 1, plan.minutes));
        // The two sessions alternate in who goes first.
        if nth % 2 == 0 {
            last.push(long_run.feed_in_real_time(nth, &mut recognizer)?);
        }
        fresh.push(fresh_run.feed_in_real_time(nth - from + 1, &mut recognizer)?);
        if nth % 2 == 1 {
            last.push(long_run.feed_in_real_time(nth, &mut recognizer)?);
        }
    }
    let spans = Spans { first, last, fresh };
    Ok(report(
        &recognizer.recognizer,
        long_run.delays,
        &spans,
        plan,
    ))
}

/// The measured minutes.
struct Spans {
    first: Vec<Minute>,
    last: Vec<Minute>,
    /// The last minutes, fed to a fresh session.
    fresh: Vec<Minute>,
}

/// A live transcription with its measurements.
struct LiveRun<'a> {
    live: Live,
    delays: DelayRecorder<'a>,
}

impl<'a> LiveRun<'a> {
    fn new(speech: &'a LoopedSpeech, plan: &Plan) -> Self {
        Self {
            live: Live::new(Settings {
                longest_clip_s: plan.longest_clip_s,
                ..Settings::default()
            }),
            delays: DelayRecorder {
                speech,
                shift: 0,
                clock: None,
                late: Vec::new(),
                shown: Vec::new(),
                seen: HashSet::new(),
            },
        }
    }

    fn push(&mut self, samples: &[f32], recognizer: &mut ForcedRate) -> anyhow::Result<()> {
        let mut models = Models {
            recognizer,
            aligner: None,
        };
        Ok(self.live.push(samples, &mut models, &mut self.delays)?)
    }

    /// Feeds a minute as fast as possible.
    fn feed_fast(&mut self, nth: u32, recognizer: &mut ForcedRate) -> anyhow::Result<()> {
        self.delays.clock = None;
        let from = u64::from(nth) * MINUTE;
        self.push(&self.delays.speech.part(from, from + MINUTE), recognizer)
    }

    /// Feeds a minute in real time: only samples up to the simulated clock are available, and the
    /// clock advances by the time the work takes.
    fn feed_in_real_time(
        &mut self,
        nth: u32,
        recognizer: &mut ForcedRate,
    ) -> anyhow::Result<Minute> {
        let before = (machine::cpu_s(), recognizer.n_looks);
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
            self.delays.late.push(there - fed);
            let begun = Instant::now();
            self.delays.clock = Some((now, begun));
            let shift = self.delays.shift;
            self.push(
                &self.delays.speech.part(fed - shift, there - shift),
                recognizer,
            )?;
            fed = there;
            spent += begun.elapsed();
            now += samples(begun.elapsed());
        }
        let cpu_s = machine::cpu_s().zip(before.0);
        Ok(Minute {
            spent,
            cpu_s: cpu_s.map(|(after, before)| after - before),
            n_looks: recognizer.n_looks - before.1,
        })
    }
}

fn report(
    recognizer: &Recognizer,
    delays: DelayRecorder<'_>,
    spans: &Spans,
    plan: &Plan,
) -> Report {
    let Spans { first, last, fresh } = spans;
    let DelayRecorder {
        mut late,
        mut shown,
        ..
    } = delays;
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

/// Average wall-clock time of a minute. Units: seconds.
fn wall_s(minutes: &[Minute]) -> f64 {
    let sum: Duration = minutes.iter().map(|minute| minute.spent).sum();
    sum.as_secs_f64() / minutes.len().max(1) as f64
}

/// Average processor time of a minute, if the system reports it. Units: seconds.
fn cpu_s(minutes: &[Minute]) -> Option<f64> {
    let each: Option<Vec<f64>> = minutes.iter().map(|minute| minute.cpu_s).collect();
    each.map(|each| each.iter().sum::<f64>() / each.len().max(1) as f64)
}

/// The cost of some minutes divided by that of others; 1 if either is empty.
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

/// The quantile `share` of sorted values.
fn share(sorted: &[u64], share: f64) -> Option<u64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}

/// A recogniser that can be forced to a token rate.
///
/// The output of random weights never ends and changes in every pass. So the work is done for the
/// forced number of tokens, and fixed words replace the output. Then words are committed and reused
/// in the next pass, as with a trained model.
struct ForcedRate {
    recognizer: Recognizer,
    tokens_per_s: Option<f64>,
    /// Whether the fixed words are returned without running the model.
    is_model_skipped: bool,
    n_looks: usize,
}

impl Follow for ForcedRate {
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
        let mut recognition = if self.is_model_skipped {
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
                Outcome::Done(recognition) => recognition,
                stopped @ Outcome::Cancelled => return Ok(stopped),
            }
        };
        recognition.text.clear();
        for (i, token) in recognition.tokens.iter_mut().enumerate() {
            recognition.text += if i == 0 { "word" } else { " word" };
            token.id = 100 + i as u32;
            token.end = recognition.text.len();
        }
        Ok(Outcome::Done(recognition))
    }
}

/// Records when the words of the speech are shown.
struct DelayRecorder<'a> {
    speech: &'a LoopedSpeech,
    /// Offset of the fed samples from the start of the speech. Units: samples.
    shift: u64,
    /// The last sample that was available when the current work began, and the time it began;
    /// `None` while nothing is measured.
    clock: Option<(u64, Instant)>,
    /// Backlog at each push. Units: samples.
    late: Vec<u64>,
    /// Delay from the end of each word until it was shown. Units: samples.
    shown: Vec<u64>,
    /// Ends of the words that were already shown.
    seen: HashSet<u64>,
}

impl Watch for DelayRecorder<'_> {
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
        let texts: Vec<String> = looped_speech::words(&text).collect();
        let from = start.n_samples(SAMPLE_RATE);
        let from = from.max(self.shift + MINUTE) - self.shift;
        let said = self.speech.words(from, now - self.shift);
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
                    "real-time factor {:.3}, {:.0} passes a minute: it {}",
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
                "backlog",
                format!(
                    "{:.0} ms of audio at the median, {:.0} ms at most",
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
                    "{} in a fresh session, alternating with the last minutes: {:+.1} %",
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
