//! `earmark check`: checks subtitles against rules of readability.

use std::path::PathBuf;

use anyhow::Context;
use earmark_transcript::cues::{self, Cue, Rules};
use earmark_transcript::import::{self, Content};
use earmark_transcript::writing_system::is_cjk;

use crate::options::Preset;
use crate::{Exit, output};

/// Check subtitles against rules of readability
///
/// Prints a line for every cue that is too fast to read, too short, too long, too wide, too tall or
/// too close to the previous one, with the measured value and the limit. Exit code 1 means that
/// there are violations.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Subtitles: srt, vtt or ass
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The rules to check; `auto` chooses them by the writing system of the text
    #[arg(long, value_enum, default_value_t)]
    rules: Preset,
}

/// Runs the command.
///
/// Errors: the file cannot be read, nothing can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let shown = args.file.display();
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read `{shown}`"))?;
    let ending = args.file.extension().unwrap_or_default().to_string_lossy();
    let of_file = || format!("cannot read the subtitles in `{shown}`");
    let format = match import::content(&bytes, &ending).with_context(of_file)? {
        Content::Timed(format) => Some(format),
        Content::Plain(_) => None,
    };
    let (cues, warnings) = import::cues(&bytes, format).with_context(of_file)?;
    for warning in warnings {
        output::message(&format!("warning: {shown}: {warning}"));
    }
    let rules = args.rules.rules().unwrap_or_else(|| of_writing(&cues));
    let violations = cues::check(&cues, &rules);
    for violation in &violations {
        output::print(&format!("{violation}\n"))?;
    }
    let (n_cues, n_broken) = (cues.len(), violations.len());
    output::message(&format!("{n_cues} cues, {n_broken} violations"));
    Ok(if violations.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// The rules for the writing system of most letters.
fn of_writing(cues: &[Cue]) -> Rules {
    let letters = || {
        let texts = cues.iter().flat_map(Cue::texts);
        texts.flat_map(|text| text.chars().collect::<Vec<_>>())
    };
    let n_wide = letters().filter(|c| is_cjk(*c)).count();
    let n_letters = letters().filter(|c| c.is_alphanumeric()).count();
    Rules::for_language(if n_wide * 2 > n_letters {
        "Chinese"
    } else {
        "English"
    })
}
