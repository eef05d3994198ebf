//! `earmark check`: which rules of readable subtitles a file breaks.

use std::path::PathBuf;

use anyhow::Context;
use earmark_transcript::cues::{self, Cue, Rules};
use earmark_transcript::{import, writing_system::is_cjk};

use crate::options::Preset;
use crate::{Exit, out};

/// Say which rules of readable subtitles the cues of a file break
///
/// Every cue that is too fast to read, too short or long, too wide, too tall or too close to the
/// one before is named on a line of its own, with what was found and what the rules ask for. Exit
/// code 1 says that there are any.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Subtitles: srt, vtt or ass
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The rules to hold them to; `auto` takes those of the writing
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
    let cues = import::cues(&bytes, import::Format::find(&ending))
        .with_context(|| format!("cannot read the subtitles in `{shown}`"))?;
    let rules = args.rules.rules().unwrap_or_else(|| of_writing(&cues));
    let violations = cues::check(&cues, &rules);
    for violation in &violations {
        out::print(&format!("{violation}\n"))?;
    }
    let (n_cues, n_broken) = (cues.len(), violations.len());
    out::say(&format!("{n_cues} cues, {n_broken} violations"));
    Ok(if violations.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// The rules of the language that most of the text is in, told from its letters.
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
