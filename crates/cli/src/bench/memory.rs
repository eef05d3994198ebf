//! Memory of a model for one clip, measured and compared with the estimate made before loading.

use anyhow::{Context, bail};
use earmark_engine::{
    Aligner, Checkpoint, Error, Limit, Outcome, Recognizer, Request, SAMPLE_RATE, Settings,
    Unobserved, memory_estimate, process_memory,
};
use serde::Serialize;

/// Typical speaking rate.
const WORDS_PER_SECOND: f64 = 3.0;

/// The measurements; field names are part of the JSON output.
#[derive(Serialize)]
pub(super) struct Report {
    estimated_peak_mb: f64,
    estimated_held_mb: f64,
    estimated_working_mb: f64,
    resident_before_mb: f64,
    resident_after_load_mb: f64,
    peak_after_load_mb: f64,
    peak_mb: f64,
    resident_after_unload_mb: f64,
    estimated_over_measured: f64,
    audio_ms: f64,
    dtype: &'static str,
}

/// Loads a recogniser or an aligner, runs it on one clip, and unloads it.
///
/// Errors: the checkpoint or the clip fails, the device is a GPU, the system does not report the
/// memory of a process.
pub(super) fn measure(
    checkpoint: &Checkpoint,
    settings: Settings,
    samples: &[f32],
    n_tokens: usize,
) -> anyhow::Result<Report> {
    let seconds = samples.len() as f64 / f64::from(SAMPLE_RATE);
    let estimate = memory_estimate::estimate(checkpoint, settings, seconds)?
        .context("the memory of a GPU cannot be measured here")?;
    let mb = |bytes: Option<u64>| {
        bytes
            .map(|bytes| bytes as f64 / 1e6)
            .context("this system does not report how much memory a process uses")
    };
    let resident_before_mb = mb(process_memory::resident())?;
    let (dtype, after_load) = match Recognizer::load(checkpoint, &settings) {
        Ok(mut recognizer) => {
            let after_load = (process_memory::resident(), process_memory::peak());
            let request = Request {
                limit: Limit::Exactly(n_tokens),
                ..Request::default()
            };
            let Outcome::Done(_) = recognizer.recognize(samples, &request, &mut Unobserved)? else {
                bail!("nobody can stop a benchmark")
            };
            (recognizer.model().dtype(), after_load)
        }
        Err(Error::Config { found, .. }) if found.contains("aligner") => {
            let mut aligner = Aligner::load(checkpoint, &settings)?;
            let after_load = (process_memory::resident(), process_memory::peak());
            let words = vec!["word"; (seconds * WORDS_PER_SECOND) as usize];
            let Outcome::Done(_) = aligner.align(samples, &words, &mut Unobserved)? else {
                bail!("nobody can stop a benchmark")
            };
            (aligner.model().dtype(), after_load)
        }
        Err(error) => return Err(error.into()),
    };
    let peak_mb = mb(process_memory::peak())?;
    process_memory::give_back();
    let estimated_peak_mb = mb(Some(estimate.peak()))?;
    Ok(Report {
        estimated_peak_mb,
        estimated_held_mb: mb(Some(estimate.held))?,
        estimated_working_mb: mb(Some(estimate.working))?,
        resident_before_mb,
        resident_after_load_mb: mb(after_load.0)?,
        peak_after_load_mb: mb(after_load.1)?,
        peak_mb,
        resident_after_unload_mb: mb(process_memory::resident())?,
        estimated_over_measured: estimated_peak_mb / peak_mb,
        audio_ms: seconds * 1e3,
        dtype: dtype.name(),
    })
}

impl Report {
    pub(super) fn table(&self) -> String {
        let line = |name: &str, mb: f64| format!("{name:<14} {mb:.0} MB");
        [
            line("before", self.resident_before_mb),
            line("loaded", self.resident_after_load_mb),
            line("peak", self.peak_mb),
            line("unloaded", self.resident_after_unload_mb),
            line("estimated peak", self.estimated_peak_mb),
            format!(
                "{:<14} {:.2} times the measured one",
                "", self.estimated_over_measured
            ),
        ]
        .join("\n")
    }
}
