//! `earmark diarize`: finds out who speaks when, without transcribing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Context;
use clap::ValueEnum;
use earmark_audio::{Recording, SAMPLE_RATE, Source};
use earmark_jobs::{Ms, Progress};
use earmark_speakers::{Count, Diarizer, Models, Turn};
use earmark_transcript::export::rttm;
use serde::Serialize;

use crate::options::{ThreadArgs, speaker_count};
use crate::progress_bar::RecordingProgressBar;
use crate::{EXIT_CODES, Exit, job_runner, output, output_files};

/// Version of the JSON.
const SCHEMA: u32 = 1;

/// Find out who speaks when
///
/// Nothing is transcribed. Speakers are numbered in the order in which they first speak. Where
/// several people speak at once, their turns overlap. The models for this are part of the program.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// The recording
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Number of speakers: `auto`, a number, or the least and the most, such as `2-4`
    #[arg(long, value_name = "auto|N|MIN-MAX", default_value = "auto", value_parser = speaker_count)]
    speakers: Count,

    #[command(flatten)]
    threads: ThreadArgs,

    /// Output format
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,

    /// Output file, or `-` for standard output
    #[arg(
        long,
        value_name = "FILE|-",
        default_value = "-",
        help_heading = "Output"
    )]
    output: PathBuf,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// A line per turn, as programs that score speaker turns read it
    #[default]
    Rttm,
    /// Speakers with their speaking time, and turns
    Json,
}

/// Runs the command.
///
/// Errors: the recording cannot be read, or nothing can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.threads.apply();
    if args.output != Path::new("-") {
        output_files::spare_recordings(&args.output, std::slice::from_ref(&args.file))?;
        output_files::try_one(&args.output)?;
    }
    let Some(found) = diarize(args)? else {
        return Ok(Exit::Cancelled);
    };
    let path = args.file.to_string_lossy();
    for warning in &found.warnings {
        output::message(&format!("warning: {path}: {warning}"));
    }
    if found.turns.is_empty() {
        output::message(&format!("{path}: nobody speaks in it"));
    }
    let text = match args.format {
        Format::Rttm => {
            let turns = found.turns.iter();
            let turns = turns.map(|it| (it.start, it.end, rttm_name(it.speaker)));
            rttm::render(&path, turns)
        }
        Format::Json => json(&path, &found)?,
    };
    if args.output == Path::new("-") {
        output::print(&text)?;
        return Ok(Exit::Done);
    }
    output_files::write_or_keep(&args.output, text.as_bytes())
}

/// What was found in a recording.
struct Found {
    duration: Ms,
    turns: Vec<Turn>,
    warnings: Vec<String>,
}

/// Reads the recording; `None` if it was stopped.
fn diarize(args: &Args) -> anyhow::Result<Option<Found>> {
    let mut recording = Recording::open(&args.file)?;
    let models = Models::load()?;
    let stop = Arc::new(AtomicBool::new(false));
    let handler = {
        let stop = Arc::clone(&stop);
        move || {
            if stop.swap(true, Ordering::Relaxed) {
                std::process::exit(Exit::Cancelled as i32);
            }
        }
    };
    ctrlc::set_handler(handler).context("cannot handle Ctrl-C")?;
    let mut bar = RecordingProgressBar::start(&job_runner::name(&args.file));
    let begun = Instant::now();
    let mut diarizer = Diarizer::new(&models);
    let mut n_samples = 0;
    while let Some(block) = recording.next_block()? {
        if stop.load(Ordering::Relaxed) {
            bar.finish();
            return Ok(None);
        }
        n_samples += block.len() as u64;
        diarizer.push(&block);
        let done = Ms::from_samples(n_samples, SAMPLE_RATE);
        let total = recording.n_total();
        let total = total.map(|total| Ms::from_samples(total, SAMPLE_RATE));
        bar.update(&Progress::new(done, total, begun.elapsed()));
    }
    let turns = diarizer.finish(&args.speakers);
    bar.finish();
    Ok(Some(Found {
        duration: Ms::from_samples(n_samples, SAMPLE_RATE),
        turns,
        warnings: recording.warnings().to_vec(),
    }))
}

/// The name of a speaker for people.
fn name(speaker: usize) -> String {
    format!("Speaker {}", speaker + 1)
}

/// The same without blanks.
fn rttm_name(speaker: usize) -> String {
    name(speaker).replace(' ', "_")
}

#[derive(Serialize)]
struct Json<'a> {
    schema: u32,
    audio: JsonAudio<'a>,
    speakers: Vec<JsonSpeaker>,
    turns: Vec<JsonTurn>,
}

#[derive(Serialize)]
struct JsonAudio<'a> {
    path: &'a str,
    duration_ms: u32,
}

#[derive(Serialize)]
struct JsonSpeaker {
    name: String,
    speaking_ms: u32,
}

#[derive(Serialize)]
struct JsonTurn {
    start_ms: u32,
    end_ms: u32,
    speaker: String,
}

fn json(path: &str, found: &Found) -> anyhow::Result<String> {
    let n_speakers = found.turns.iter().map(|it| it.speaker + 1).max();
    let of = |speaker: usize| found.turns.iter().filter(move |it| it.speaker == speaker);
    let speaker = |n: usize| JsonSpeaker {
        name: name(n),
        speaking_ms: of(n).map(|it| it.end.0 - it.start.0).sum(),
    };
    let turn = |it: &Turn| JsonTurn {
        start_ms: it.start.0,
        end_ms: it.end.0,
        speaker: name(it.speaker),
    };
    let json = Json {
        schema: SCHEMA,
        audio: JsonAudio {
            path,
            duration_ms: found.duration.0,
        },
        speakers: (0..n_speakers.unwrap_or(0)).map(speaker).collect(),
        turns: found.turns.iter().map(turn).collect(),
    };
    Ok(serde_json::to_string(&json)? + "\n")
}
