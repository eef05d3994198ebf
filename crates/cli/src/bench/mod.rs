//! `earmark bench`: measures the engine's speed, relative to what this computer can do.

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

use earmark_weights::ModelKind;
use serde::Serialize;

use crate::{Exit, options, output, output_files};
use report::Report;

/// Measure how fast a model runs on this computer
///
/// Without a recording, 16 s of noise are recognised. Exactly the requested number of tokens is
/// decoded, even past the model's end token. The computer's memory bandwidth and matrix rate are
/// measured in the same run, so the results are ratios that can be compared between computers.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The recording to recognise
    #[arg(long, value_name = "FILE")]
    audio: Option<PathBuf>,

    /// Tokens to decode
    #[arg(long, value_name = "N", default_value_t = 64)]
    tokens: usize,

    /// Number of runs; the fastest counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    runs: usize,

    /// Write the figures as JSON to a file, or to `-`
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Measure only memory, and compare it with the estimate made before loading
    #[arg(long)]
    memory: bool,

    /// Measure live transcription: the recordings of `--audio` (a file or folder) are played in a
    /// loop for `--minutes`
    ///
    /// The first and last minutes are fed in real time on a simulated clock; the minutes between
    /// are fed as fast as possible.
    #[arg(long)]
    live: bool,

    /// Live: force this many tokens per second of speech, whatever the model says
    #[arg(long, value_name = "N", requires = "live")]
    tokens_per_second: Option<f64>,

    /// Live: minutes at the start and at the end that are fed in real time
    #[arg(long, value_name = "N", requires = "live", default_value_t = 4)]
    measure: u32,

    /// Minutes of audio: to align if the model is an aligner, or for `--live`
    #[arg(long, value_name = "N", default_value_t = 120)]
    minutes: u32,

    /// `random-0.6b`, `random-1.7b` and `random-aligner-0.6b` create random weights of the
    /// published shapes
    #[command(flatten)]
    model: options::ModelArgs,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.model.apply_threads();
    if args.tokens == 0 || args.runs == 0 {
        return Ok(crate::usage(&anyhow::anyhow!(
            "`--tokens` and `--runs` must be at least 1"
        )));
    }
    if args.live && args.audio.is_none() {
        return Ok(crate::usage(&anyhow::anyhow!(
            "`--live` needs speech: `--audio FILE|DIR`"
        )));
    }
    if let Some(path) = args.json.as_ref().filter(|path| path.as_os_str() != "-") {
        output_files::try_one(path)?;
    }
    let samples = match &args.audio {
        Some(_) if args.live => Vec::new(),
        Some(path) => read(path)?,
        None => noise(16 * SAMPLE_RATE as usize),
    };
    let made;
    let checkpoint = match shape(args.model.name()) {
        Some(shape) => {
            output::message("making random weights");
            made = tempfile::tempdir()?;
            earmark_test_checkpoint::write(made.path(), &shape, 1)
                .context("cannot write random weights")?;
            Checkpoint::folder(made.path())
        }
        None if is_aligner(args.model.name()) => options::checkpoint(
            &earmark_weights::find_aligner(args.model.name(), &earmark_weights::models_folder())?,
        ),
        None => options::checkpoint(&earmark_weights::find(
            args.model.name(),
            &earmark_weights::models_folder(),
        )?),
    };
    if args.memory {
        let settings = args.model.settings();
        let report = memory::measure(&checkpoint, settings, &samples, args.tokens)?;
        return write(args, &report, &report.table());
    }
    if is_aligner(args.model.name()) {
        output::message("loading");
        let report = aligner::measure(&checkpoint, args.model.settings(), args.minutes.max(1))?;
        return write(args, &report, &report.table());
    }
    if args.live {
        output::message("loading");
        let speech = live::LoopedSpeech::read(args.audio.as_deref().unwrap_or(Path::new("")))?;
        let recognizer = Recognizer::load(&checkpoint, &args.model.settings())?;
        let entry = earmark_weights::catalog_model(args.model.name()).ok();
        let plan = live::Plan {
            minutes: args.minutes.max(2),
            measured: args.measure.max(1),
            tokens_per_s: args.tokens_per_second,
            longest_clip_s: entry.map_or(u32::MAX, |entry| entry.longest_clip_s),
        };
        let report = live::measure(recognizer, &speech, &plan)?;
        return write(args, &report, &report.table());
    }
    output::message("measuring the computer");
    let machine = machine::measure();

    output::message("loading");
    let started = Instant::now();
    let mut recognizer = Recognizer::load(&checkpoint, &args.model.settings())?;
    let load = started.elapsed();
    let resident_after_load = machine::resident_mb();

    let mut best: Option<(Duration, Recognition)> = None;
    for i in 1..=args.runs {
        output::message(&format!("run {i} of {}", args.runs));
        let request = Request {
            limit: Limit::Exactly(args.tokens),
            ..Request::default()
        };
        let started = Instant::now();
        let outcome = recognizer.recognize(&samples, &request, &mut Unobserved)?;
        let spent = started.elapsed();
        let Outcome::Done(recognition) = outcome else {
            bail!("a benchmark cannot be cancelled")
        };
        if best.as_ref().is_none_or(|(least, _)| spent < *least) {
            best = Some((spent, recognition));
        }
    }
    let (total, recognition) = best.context("at least one run")?;
    let report = Report::new(&report::Measured {
        recognizer: &recognizer,
        machine,
        n_samples: samples.len(),
        n_tokens: recognition.tokens.len(),
        load,
        total,
        timings: recognition.timings,
        resident_after_load,
    })?;
    write(args, &report, &report.table())
}

/// Writes a report to the requested output.
fn write(args: &Args, report: &impl Serialize, table: &str) -> anyhow::Result<Exit> {
    let json = serde_json::to_string(report)?;
    match &args.json {
        Some(path) if path.as_os_str() == "-" => output::print(&format!("{json}\n"))?,
        Some(path) => return output_files::write_or_keep(path, json.as_bytes()),
        None => output::print(&format!("{table}\n"))?,
    }
    Ok(Exit::Done)
}

/// Whether a name is that of an aligner, random or of the catalog.
fn is_aligner(model: &str) -> bool {
    model == "random-aligner-0.6b"
        || earmark_weights::catalog_model(model).is_ok_and(|entry| entry.kind == ModelKind::Aligner)
}

fn shape(model: &str) -> Option<Shape> {
    match model {
        "random-0.6b" => Some(Shape::QWEN3_ASR_0_6B),
        "random-1.7b" => Some(Shape::QWEN3_ASR_1_7B),
        "random-aligner-0.6b" => Some(Shape::QWEN3_FORCED_ALIGNER_0_6B),
        _ => None,
    }
}

/// The samples of the whole recording; a benchmark recognises them as one clip.
fn read(path: &std::path::Path) -> anyhow::Result<Vec<f32>> {
    let mut recording = earmark_audio::Recording::open(path)?;
    let mut samples = Vec::new();
    while let Some(block) = recording.next_block()? {
        samples.extend(block);
    }
    Ok(samples)
}

/// Quiet pseudo-random noise, always the same.
fn noise(n_samples: usize) -> Vec<f32> {
    let mut state = 1u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) as f32 / 32_768.0 - 1.0) * 0.1
    })
    .take(n_samples)
    .collect()
}
