//! `earmark bench`: how fast the engine is on this computer, beside what the computer could do.

mod aligner;
mod live;
mod machine;
mod memory;
mod report;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use earmark_audio::Source;
use earmark_engine::{
    Checkpoint, Limit, Outcome, Recognition, Recognizer, Request, SAMPLE_RATE, Unobserved,
};
use earmark_test_checkpoint::Shape;

use earmark_weights::What;
use serde::Serialize;

use crate::{Exit, options, out};
use report::Report;

/// Measure how fast a model runs on this computer
///
/// Without a recording it hears 16 s of noise. Decoding goes on for exactly as many tokens as
/// asked, whatever the model says. The computer's read bandwidth and matrix rate are measured in
/// the same run, so that the results are ratios and comparable between computers.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A recording to hear
    #[arg(long, value_name = "FILE")]
    audio: Option<PathBuf>,

    /// Tokens to decode
    #[arg(long, value_name = "N", default_value_t = 64)]
    tokens: usize,

    /// Times to repeat; the fastest counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    runs: usize,

    /// Write the figures as JSON to a file, or to `-`
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Measure memory alone, beside what was estimated before loading
    #[arg(long)]
    memory: bool,

    /// Measure live transcription: the recordings of `--audio` (a file or folder) are spoken one
    /// after the other, for `--minutes`
    ///
    /// The first and last minutes are heard as they come, on a clock of their own; what lies
    /// between is heard as fast as can be.
    #[arg(long)]
    live: bool,

    /// Live: tokens that every second of speech is made to have, whatever the model says
    #[arg(long, value_name = "N", requires = "live")]
    tokens_per_second: Option<f64>,

    /// Live: minutes at either end that are heard as they come
    #[arg(long, value_name = "N", requires = "live", default_value_t = 4)]
    measure: u32,

    /// Minutes of sound to align, when the model is an aligner, or to listen live
    #[arg(long, value_name = "N", default_value_t = 120)]
    minutes: u32,

    /// `random-0.6b`, `random-1.7b` and `random-aligner-0.6b` make random weights of the published
    /// shapes on the spot
    #[command(flatten)]
    model: options::Model,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.model.apply_threads();
    if args.tokens == 0 || args.runs == 0 {
        return Ok(crate::usage(&anyhow::anyhow!(
            "`--tokens` and `--runs` start at 1"
        )));
    }
    if args.live && args.audio.is_none() {
        return Ok(crate::usage(&anyhow::anyhow!(
            "`--live` needs speech: `--audio FILE|DIR`"
        )));
    }
    let samples = match &args.audio {
        Some(_) if args.live => Vec::new(),
        Some(path) => read(path)?,
        None => noise(16 * SAMPLE_RATE as usize),
    };
    let made;
    let checkpoint = match shape(args.model.name()) {
        Some(shape) => {
            out::say("making random weights");
            made = tempfile::tempdir()?;
            earmark_test_checkpoint::write(made.path(), &shape, 1)
                .context("cannot write random weights")?;
            Checkpoint::folder(made.path())
        }
        None if is_aligner(args.model.name()) => options::checkpoint(
            &earmark_weights::find_aligner(args.model.name(), &earmark_weights::home())?,
        ),
        None => options::checkpoint(&earmark_weights::find(
            args.model.name(),
            &earmark_weights::home(),
        )?),
    };
    if args.memory {
        let settings = args.model.settings();
        let report = memory::measure(&checkpoint, settings, &samples, args.tokens)?;
        return write(args, &report, &report.table());
    }
    if is_aligner(args.model.name()) {
        out::say("loading");
        let report = aligner::measure(&checkpoint, args.model.settings(), args.minutes.max(1))?;
        return write(args, &report, &report.table());
    }
    if args.live {
        out::say("loading");
        let talk = live::Talk::read(args.audio.as_deref().unwrap_or(Path::new("")))?;
        let recognizer = Recognizer::load(&checkpoint, &args.model.settings())?;
        let entry = earmark_weights::catalog_model(args.model.name()).ok();
        let plan = live::Plan {
            minutes: args.minutes.max(2),
            measured: args.measure.max(1),
            tokens_per_s: args.tokens_per_second,
            longest_clip_s: entry.map_or(u32::MAX, |entry| entry.longest_clip_s),
        };
        let report = live::measure(recognizer, &talk, &plan)?;
        return write(args, &report, &report.table());
    }
    out::say("measuring the computer");
    let machine = machine::measure();

    out::say("loading");
    let started = Instant::now();
    let mut recognizer = Recognizer::load(&checkpoint, &args.model.settings())?;
    let load = started.elapsed();
    let resident_after_load = machine::resident_mb();

    let mut best: Option<(Duration, Recognition)> = None;
    for i in 1..=args.runs {
        out::say(&format!("run {i} of {}", args.runs));
        let request = Request {
            limit: Limit::Exactly(args.tokens),
            ..Request::default()
        };
        let started = Instant::now();
        let outcome = recognizer.recognize(&samples, &request, &mut Unobserved)?;
        let spent = started.elapsed();
        let Outcome::Done(heard) = outcome else {
            bail!("nobody can stop a benchmark")
        };
        if best.as_ref().is_none_or(|(least, _)| spent < *least) {
            best = Some((spent, heard));
        }
    }
    let (total, heard) = best.context("at least one run")?;
    let report = Report::new(&report::Measured {
        recognizer: &recognizer,
        machine,
        n_samples: samples.len(),
        n_tokens: heard.tokens.len(),
        load,
        total,
        timings: heard.timings,
        resident_after_load,
    })?;
    write(args, &report, &report.table())
}

/// Writes a report where it belongs.
fn write(args: &Args, report: &impl Serialize, table: &str) -> anyhow::Result<Exit> {
    let json = serde_json::to_string(report)?;
    match &args.json {
        Some(path) if path.as_os_str() == "-" => out::print(&format!("{json}\n"))?,
        Some(path) => std::fs::write(path, json)
            .with_context(|| format!("cannot write `{}`", path.display()))?,
        None => out::print(&format!("{table}\n"))?,
    }
    Ok(Exit::Done)
}

/// Whether a name is that of an aligner, built on the spot or of the catalog.
fn is_aligner(model: &str) -> bool {
    model == "random-aligner-0.6b"
        || earmark_weights::catalog_model(model).is_ok_and(|entry| entry.what == What::Aligner)
}

fn shape(model: &str) -> Option<Shape> {
    match model {
        "random-0.6b" => Some(Shape::QWEN3_ASR_0_6B),
        "random-1.7b" => Some(Shape::QWEN3_ASR_1_7B),
        "random-aligner-0.6b" => Some(Shape::QWEN3_FORCED_ALIGNER_0_6B),
        _ => None,
    }
}

/// The whole recording; a benchmark hears one clip.
fn read(path: &std::path::Path) -> anyhow::Result<Vec<f32>> {
    let mut recording = earmark_audio::Recording::open(path)?;
    let mut samples = Vec::new();
    while let Some(block) = recording.next_block()? {
        samples.extend(block);
    }
    Ok(samples)
}

/// Quiet noise, the same every time.
fn noise(n_samples: usize) -> Vec<f32> {
    let mut state = 1u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) as f32 / 32_768.0 - 1.0) * 0.1
    })
    .take(n_samples)
    .collect()
}
