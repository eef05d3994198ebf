//! A clip that is still growing, and what of it need not be computed again.
//!
//! The encoder attends in windows: the rows of a window that is full stay as they are, and with
//! them what the decoder has kept of the prompt up to there. Only the last, unfinished window and
//! the text after it are computed at every look. So a look costs about the same however long the
//! clip is, and gives what recognising the clip as a whole would give.
//!
//! One thing reaches back: normalisation raises quiet values to a floor below the loudest one. A
//! window is computed again when the loudest value has changed and a value of the window lies
//! below the floor.

use std::time::Instant;

use candle_core::Tensor;
use earmark_transcript::Language;

use crate::decoder::Cache;
use crate::error::Result;
use crate::mel::{self, HOP, N_MELS};
use crate::network::{Network, Timings, check_clip};
use crate::observer::Observer;
use crate::recognizer::Request;

/// A clip that is still growing; samples are pushed to its end, and a
/// [`Recognizer`](crate::Recognizer) may follow it at any time.
#[derive(Default)]
pub struct Growing {
    pub(crate) context: String,
    pub(crate) language: Option<Language>,
    samples: Vec<f32>,
    /// The frames that stay as they are. Units: log10, before normalisation.
    log_power: Vec<f32>,
    /// The full windows that were encoded, from the first on.
    windows: Vec<Window>,
    /// What the decoder has seen, and how many windows of it are still right.
    pub(crate) cache: Option<Cache>,
    pub(crate) n_cached: usize,
}

/// The rows of a full window.
struct Window {
    rows: Tensor,
    /// Largest value of the clip when it was normalised.
    loudest: f32,
    /// Smallest value in the window.
    quietest: f32,
}

impl Window {
    /// Whether the rows are still right when the clip's largest value is this.
    fn holds(&self, loudest: f32) -> bool {
        let floor = loudest.max(self.loudest) - mel::RANGE;
        loudest.to_bits() == self.loudest.to_bits() || self.quietest >= floor
    }
}

impl Growing {
    /// An empty clip, to be recognised as `request` says.
    pub fn new(request: &Request<'_>) -> Self {
        Self {
            context: request.context.to_owned(),
            language: request.language,
            ..Self::default()
        }
    }

    /// Appends mono samples at 16 kHz within [-1, 1].
    pub fn push(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
    }

    /// Everything that was pushed.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Takes back what was pushed after the first `n_samples`.
    pub fn shorten(&mut self, n_samples: usize) {
        self.samples.truncate(n_samples);
        self.log_power
            .truncate(mel::n_settled(self.samples.len()) * N_MELS);
    }

    /// Full windows whose rows are kept.
    pub(crate) fn n_windows(&self) -> usize {
        self.windows.len()
    }

    /// What the decoder reads of the clip so far, `None` when the observer stopped.
    ///
    /// Shape: `[rows, hidden]`.
    pub(crate) fn hear(
        &mut self,
        network: &Network,
        observer: &mut dyn Observer,
        timings: &mut Timings,
    ) -> Result<Option<Tensor>> {
        let started = Instant::now();
        check_clip(&self.samples)?;
        let n_total = self.samples.len();
        let unsettled = self.analyse(network);
        let loudest = mel::loudest(&self.log_power).max(mel::loudest(&unsettled));
        let n_window = network.encoder.window_frames();
        let n_full = self.log_power.len() / N_MELS / n_window;
        let n_right = self.windows.iter().take(n_full);
        let n_right = n_right.take_while(|window| window.holds(loudest)).count();
        self.windows.truncate(n_right);
        self.n_cached = self.n_cached.min(n_right);
        let from = n_right * n_window;
        let mut mel = self.log_power[from * N_MELS..].to_vec();
        mel.extend(unsettled);
        mel::normalise(&mut mel, loudest);
        timings.mel = started.elapsed();

        let started = Instant::now();
        let mut parts: Vec<Tensor> = self.windows.iter().map(|it| it.rows.clone()).collect();
        if !mel.is_empty() {
            let rows = network
                .encoder
                .forward(&mel, n_total / HOP, &mut |n_frames| {
                    observer.encoded(((from + n_frames) * HOP).min(n_total), n_total);
                    !observer.cancelled()
                })?;
            let Some(rows) = rows else {
                return Ok(None);
            };
            self.keep(&rows, loudest, n_full, network)?;
            parts.push(rows);
        }
        timings.encoder = started.elapsed();
        Ok(Some(Tensor::cat(&parts, 0)?))
    }

    /// Analyses what is new; gives the frames that may still change.
    fn analyse(&mut self, network: &Network) -> Vec<f32> {
        let n_before = self.log_power.len() / N_MELS;
        let mut fresh = network.mel.log_power(&self.samples, n_before);
        let n_settled = mel::n_settled(self.samples.len()) - n_before;
        let unsettled = fresh.split_off(n_settled * N_MELS);
        self.log_power.extend(fresh);
        unsettled
    }

    /// Keeps those of the rows from the first window that is missing on that make full windows.
    fn keep(
        &mut self,
        rows: &Tensor,
        loudest: f32,
        n_full: usize,
        network: &Network,
    ) -> Result<()> {
        let n_window = network.encoder.window_frames();
        let n_rows = network.n_window_rows();
        let first = self.windows.len();
        for i in first..n_full {
            let frames = i * n_window * N_MELS..(i + 1) * n_window * N_MELS;
            let smallest = |least: f32, value: &f32| least.min(*value);
            let quietest = self.log_power[frames].iter().fold(f32::INFINITY, smallest);
            self.windows.push(Window {
                rows: rows.narrow(0, (i - first) * n_rows, n_rows)?.copy()?,
                loudest,
                quietest,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Growing;
    use crate::checkpoint::Checkpoint;
    use crate::generate::Limit;
    use crate::network::Settings;
    use crate::observer::{Outcome, Unobserved};
    use crate::random::{self, Shape};
    use crate::recognizer::{Recognition, Recognizer, Request, Token};

    /// A tiny recogniser of random weights.
    fn recognizer() -> Recognizer {
        let shape = Shape {
            encoder: [32, 1, 4, 64, 8],
            decoder: [48, 2, 4, 2, 16, 96],
            vocab: 1024,
            classes: None,
        };
        let folder = tempfile::tempdir().unwrap();
        random::write(folder.path(), &shape, 3).unwrap();
        Recognizer::load(&Checkpoint::folder(folder.path()), &Settings::default()).unwrap()
    }

    /// A tone that becomes louder, with pauses of nothing.
    fn clip(n_samples: usize) -> Vec<f32> {
        let sample = |i: usize| {
            let is_pause = (i / 4_000).is_multiple_of(5);
            let loudness = 0.001 * (1.0 + i as f32 / 16_000.0).powi(3);
            let tone = (i as f32 * 0.07).sin() * (i as f32 * 0.0003).cos();
            if is_pause {
                0.0
            } else {
                loudness.min(0.9) * tone
            }
        };
        (0..n_samples).map(sample).collect()
    }

    fn done(outcome: crate::Result<Outcome>) -> Recognition {
        match outcome.unwrap() {
            Outcome::Done(heard) => heard,
            Outcome::Cancelled => panic!("nobody stopped it"),
        }
    }

    #[track_caller]
    fn check_same(a: &[Token], b: &[Token]) {
        let ids = |tokens: &[Token]| tokens.iter().map(|token| token.id).collect::<Vec<_>>();
        assert_eq!(ids(a), ids(b));
        for (a, b) in a.iter().zip(b) {
            assert!(
                (a.probability - b.probability).abs() < 1e-3,
                "{a:?} and {b:?}"
            );
        }
    }

    #[test]
    fn a_clip_that_grows_is_heard_like_a_whole_one() {
        let mut recognizer = recognizer();
        let request = Request {
            context: "names",
            limit: Limit::AtMost(8),
            ..Request::default()
        };
        let samples = clip(30 * 16_000);
        let mut growing = Growing::new(&request);
        // Ends inside a frame, just past a window, inside one, past two at once.
        let mut n_before = 0;
        for n in [8_123, 128_150, 128_240, 200_000, 300_007, 480_000] {
            growing.push(&samples[n_before..n]);
            n_before = n;
            let looked = recognizer.follow(&mut growing, &[], request.limit, &mut Unobserved);
            let whole = recognizer.recognize(&samples[..n], &request, &mut Unobserved);
            check_same(&done(looked).tokens, &done(whole).tokens);
        }
        assert_eq!(growing.n_windows(), 3);
        growing.shorten(250_000);
        let looked = recognizer.follow(&mut growing, &[], request.limit, &mut Unobserved);
        let whole = recognizer.recognize(&samples[..250_000], &request, &mut Unobserved);
        check_same(&done(looked).tokens, &done(whole).tokens);
    }

    #[test]
    fn an_answer_goes_on_after_what_is_kept() {
        let mut recognizer = recognizer();
        let request = Request::default();
        let samples = clip(160_000);
        let mut growing = Growing::new(&request);
        growing.push(&samples);
        let limit = Limit::AtMost(12);
        let first = done(recognizer.follow(&mut growing, &[], limit, &mut Unobserved));
        let kept = &first.tokens[..5];
        let limit = Limit::AtMost(7);
        let again = done(recognizer.follow(&mut growing, kept, limit, &mut Unobserved));
        check_same(&first.tokens, &again.tokens);
        assert_eq!(first.text, again.text);
    }
}
