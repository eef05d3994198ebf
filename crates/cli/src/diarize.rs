//! `earmark diarize`: finds out who speaks when, without transcribing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Context;
use clap::ValueEnum;
use earmark_audio::{Recording, SAMPLE_RATE, Source};
use earmark_jobs::{Ms, Progress, SpeakerCount, speaker_name};
use earmark_speakers::{Diarizer, Models};
use earmark_transcript::export::rttm;
use earmark_transcript::speakers::{Turn, Turns};
use serde::Serialize;

use crate::options::{ThreadArgs, TrackArgs, speaker_count};
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

    #[command(flatten)]
    track: TrackArgs,

    /// Number of speakers: `auto`, a number, or the least and the most, such as `2-4`
    #[arg(long, value_name = "auto|N|MIN-MAX", default_value = "auto", value_parser = speaker_count)]
    speakers: SpeakerCount,

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
    if found.turns.all().is_empty() {
        output::message(&format!("{path}: nobody speaks in it"));
    }
    let text = match args.format {
        Format::Rttm => {
            if let Some(note) = rttm_note(found.turns.all()) {
                output::message(&format!("{path}: {note}"));
            }
            rttm::render(&path, found.turns.all())
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
    turns: Turns,
    warnings: Vec<String>,
}

/// Reads the recording; `None` if it was stopped.
fn diarize(args: &Args) -> anyhow::Result<Option<Found>> {
    let mut recording = Recording::open_as(&args.file, &args.track.opening())?;
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
    let turns = diarizer.finish(&args.speakers).into_iter();
    let turns = turns.map(|it| Turn {
        speaker: speaker_name(it.speaker),
        start: it.start,
        end: it.end,
    });
    bar.finish();
    Ok(Some(Found {
        duration: Ms::from_samples(n_samples, SAMPLE_RATE),
        turns: turns.collect::<Vec<_>>().into(),
        warnings: recording.warnings().to_vec(),
    }))
}

/// Which names RTTM writes in another way; `None` if it does so with none.
pub(crate) fn rttm_note(turns: &[Turn]) -> Option<String> {
    let changed = rttm::names(turns).into_iter();
    let changed = changed.filter(|(name, written)| name != written);
    let changed: Vec<String> = changed
        .map(|(name, written)| format!("{written} is `{}`", name.replace('\n', " ")))
        .collect();
    let list = changed.join(", ");
    (!changed.is_empty()).then(|| format!("names have no blanks in RTTM: {list}"))
}

#[derive(Serialize)]
struct Json<'a> {
    schema: u32,
    audio: JsonAudio<'a>,
    speakers: Vec<JsonSpeaker<'a>>,
    turns: Vec<JsonTurn<'a>>,
}

#[derive(Serialize)]
struct JsonAudio<'a> {
    path: &'a str,
    duration_ms: u32,
}

#[derive(Serialize)]
struct JsonSpeaker<'a> {
    name: &'a str,
    speaking_ms: u32,
}

#[derive(Serialize)]
struct JsonTurn<'a> {
    start_ms: u32,
    end_ms: u32,
    speaker: &'a str,
}

fn json(path: &str, found: &Found) -> anyhow::Result<String> {
    let turns = found.turns.all();
    let mut names: Vec<&str> = Vec::new();
    for turn in turns {
        if !names.contains(&turn.speaker.as_str()) {
            names.push(&turn.speaker);
        }
    }
    let speaking_ms = |name: &str| {
        let turns = turns.iter().filter(|it| it.speaker == name);
        turns.map(|it| it.end.0 - it.start.0).sum()
    };
    let turn = |n: usize| JsonTurn {
        start_ms: turns[n].start.0,
        end_ms: turns[n].end.0,
        speaker: &turns[n].speaker,
    };
    let json = Json {
        schema: SCHEMA,
        audio: JsonAudio {
            path,
            duration_ms: found.duration.0,
        },
        speakers: names
            .into_iter()
            .map(|name| JsonSpeaker {
                name,
                speaking_ms: speaking_ms(name),
            })
            .collect(),
        turns: (0..turns.len()).map(turn).collect(),
    };
    Ok(serde_json::to_string(&json)? + "\n")
}
