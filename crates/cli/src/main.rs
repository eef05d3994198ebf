//! The `earmark` command: recordings into timed text, from a terminal.

mod align;
mod bench;
mod check;
mod devices;
mod diarize;
mod doctor;
mod eval;
mod job_runner;
mod listen;
mod models;
mod options;
mod output;
mod output_files;
mod partial;
mod progress_bar;
mod transcribe;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Turn recordings into timed text, on this computer
///
/// Earmark runs the speech recogniser Qwen3-ASR. No audio and no text leaves the computer.
#[derive(Parser)]
#[command(name = "earmark", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Transcribe(transcribe::Args),
    Listen(listen::Args),
    Devices(devices::Args),
    Align(align::Args),
    Diarize(diarize::Args),
    Check(check::Args),
    Eval(eval::Args),
    Bench(bench::Args),
    Models(models::Args),
    Doctor(doctor::Args),
}

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Everything was done.
    Done = 0,
    /// Something failed, such as a recording; the others were done if output could be written.
    Failed = 1,
    /// The arguments are invalid; nothing was done.
    Usage = 2,
    /// Stopped with Ctrl-C; finished work is kept.
    Cancelled = 130,
}

/// Prints an error in the arguments.
fn usage(error: &anyhow::Error) -> Exit {
    output::message(&format!("error: {error:#}"));
    Exit::Usage
}

const EXIT_CODES: &str = "\
Exit codes:
  0    everything was done
  1    something failed, such as a recording; the others were done
  2    the arguments are invalid; nothing was done
  130  stopped with Ctrl-C; finished work is kept";

fn main() -> ExitCode {
    if let Some(exit) = earmark_audio::decode::serve_if_asked() {
        return exit;
    }
    earmark_audio::decode::decode_in_own_process(None);
    let exit = match Cli::parse().command {
        Command::Transcribe(args) => transcribe::run(&args),
        Command::Listen(args) => listen::run(&args),
        Command::Devices(args) => devices::run(&args),
        Command::Align(args) => align::run(&args),
        Command::Diarize(args) => diarize::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Doctor(args) => doctor::run(&args),
    };
    let exit = exit.unwrap_or_else(|error| {
        if output::is_closed_pipe(&error) {
            return Exit::Done;
        }
        output::message(&format!("error: {error:#}"));
        Exit::Failed
    });
    ExitCode::from(exit as u8)
}
