//! `earmark models`: what can be done with the models on this computer.

mod convert;
mod gauge;

use anyhow::Context;
use clap::Subcommand;
use earmark_weights::{Control, Wish};

use crate::Exit;

/// Look after the models on this computer
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    word: Word,
}

#[derive(Subcommand)]
enum Word {
    Convert(convert::Args),
}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    match &args.word {
        Word::Convert(args) => convert::run(args),
    }
}

/// What Ctrl-C cancels; a second one ends the program at once. To be asked for once.
fn interruptible() -> anyhow::Result<Control> {
    let control = Control::default();
    let interrupted = control.clone();
    let handler = move || {
        if interrupted.wish() == Wish::Cancel {
            std::process::exit(Exit::Cancelled as i32);
        }
        interrupted.cancel();
    };
    ctrlc::set_handler(handler).context("cannot listen for Ctrl-C")?;
    Ok(control)
}
