//! Speed and memory of an aligner on a long recording.

use std::time::{Duration, Instant};

use anyhow::bail;
use earmark_engine::{Aligner, Outcome, SAMPLE_RATE, Settings, Unobserved};
use serde::Serialize;

use super::machine;

/// Typical speaking rate.
const WORDS_PER_SECOND: f64 = 3.0;

/// Longest clip the aligner takes in one pass. Units: seconds.
///
/// Source: `MAX_FORCE_ALIGN_INPUT_SECONDS` of the package `qwen-asr` 0.0.6.
const WINDOW_S: u32 = 180;

/// The measurements; field names are part of the JSON output.
#[derive(Serialize)]
pub(super) struct Report {
    load_ms: f64,
    audio_ms: f64,
    window_ms: f64,
    windows: usize,
    words: usize,
    total_ms: f64,
    slowest_window_ms: f64,
    rtf: f64,
    peak_rss_mb: Option<f64>,
    /// Resident memory after each window, in order.
    resident_mb: Vec<f64>,
    dtype: &'static str,
    device: String,
}

/// Aligns `minutes` of quiet noise, window by window, with words at the typical speaking rate.
///
/// Errors: the checkpoint or a window fails.
pub(super) fn measure(
    checkpoint: &earmark_engine::Checkpoint,
    settings: Settings,
    minutes: u32,
) -> anyhow::Result<Report> {
    let started = Instant::now();
    let mut aligner = Aligner::load(checkpoint, &settings)?;
    let load = started.elapsed();
    let window_s = WINDOW_S.min(aligner.longest_s() as u32).max(1);
    let samples = super::noise(window_s as usize * SAMPLE_RATE as usize);
    let words = vec!["word"; (f64::from(window_s) * WORDS_PER_SECOND) as usize];
    let n_windows = (minutes * 60).div_ceil(window_s) as usize;
    let (mut total, mut slowest) = (Duration::ZERO, Duration::ZERO);
    let mut resident = Vec::with_capacity(n_windows);
    for nth in 0..n_windows {
        let started = Instant::now();
        let Outcome::Done(_) = aligner.align(&samples, &words, &mut Unobserved)? else {
            bail!("a benchmark cannot be cancelled")
        };
        let spent = started.elapsed();
        (total, slowest) = (total + spent, slowest.max(spent));
        resident.extend(machine::resident_mb());
        crate::output::message(&format!(
            "window {} of {n_windows}: {:.1} s, {} resident",
            nth + 1,
            spent.as_secs_f64(),
            mb(resident.last().copied())
        ));
    }
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let audio_ms = n_windows as f64 * f64::from(window_s) * 1e3;
    Ok(Report {
        load_ms: ms(load),
        audio_ms,
        window_ms: f64::from(window_s) * 1e3,
        windows: n_windows,
        words: n_windows * words.len(),
        total_ms: ms(total),
        slowest_window_ms: ms(slowest),
        rtf: ms(total) / audio_ms,
        peak_rss_mb: machine::peak_mb(),
        resident_mb: resident,
        dtype: aligner.model().dtype().name(),
        device: aligner.model().device(),
    })
}

/// Formats megabytes; a question mark if the system does not report them.
fn mb(value: Option<f64>) -> String {
    value.map_or_else(|| "?".into(), |mb| format!("{mb:.0} MB"))
}

impl Report {
    pub(super) fn table(&self) -> String {
        let (first, second) = self
            .resident_mb
            .split_at(self.resident_mb.len().div_ceil(2));
        let highest = |half: &[f64]| half.iter().copied().reduce(f64::max);
        [
            ("device", format!("{}, {}", self.device, self.dtype)),
            ("load", format!("{:.0} ms", self.load_ms)),
            (
                "windows",
                format!(
                    "{} of {:.0} s, {} words",
                    self.windows,
                    self.window_ms / 1e3,
                    self.words
                ),
            ),
            (
                "total",
                format!(
                    "{:.1} s for {:.0} s of audio, real-time factor {:.3}",
                    self.total_ms / 1e3,
                    self.audio_ms / 1e3,
                    self.rtf
                ),
            ),
            (
                "slowest",
                format!("{:.1} s for a window", self.slowest_window_ms / 1e3),
            ),
            (
                "memory",
                format!(
                    "{} at most after a window of the first half, {} of the second, {} at the peak",
                    mb(highest(first)),
                    mb(highest(second)),
                    mb(self.peak_rss_mb)
                ),
            ),
        ]
        .map(|(name, value)| format!("{name:<9} {value}"))
        .join("\n")
    }
}
