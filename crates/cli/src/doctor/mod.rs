//! `earmark doctor`: checks whether this computer is set up to transcribe, and says what to fix.

mod checks;
mod facts;

use earmark_jobs::Advice;

use crate::{Exit, options, output};
use facts::Facts;

/// Check whether this computer is set up to transcribe, and say what to fix
///
/// Checks the processor, memory, disk, models, ffmpeg and network settings, and runs the model on a
/// second of silence. Nothing is sent and nothing is changed. The report can be shared: it contains
/// no text and no names of recordings, and the home folder is written `~`.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    model: options::ModelArgs,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    everything needed works
  1    something is broken; the line after it says what to do
  2    the arguments are invalid";

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    mark: Mark,
    what: String,
    /// What to do about it.
    next: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Fine,
    /// Transcribing works, but this is worth knowing.
    Note,
    /// Transcribing with these options does not work.
    Broken,
}

impl Finding {
    fn fine(what: impl Into<String>) -> Self {
        Self {
            mark: Mark::Fine,
            what: what.into(),
            next: None,
        }
    }

    fn note(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            mark: Mark::Note,
            what: what.into(),
            next: Some(next.into()),
        }
    }

    fn broken(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            mark: Mark::Broken,
            what: what.into(),
            next: Some(next.into()),
        }
    }

    fn lines(&self) -> String {
        let mark = match self.mark {
            Mark::Fine => "fine  ",
            Mark::Note => "note  ",
            Mark::Broken => "BROKEN",
        };
        let next = self
            .next
            .iter()
            .map(|next| format!("        next: {next}\n"));
        format!("{mark}  {}\n", self.what) + &next.collect::<String>()
    }
}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    args.model.apply_threads();
    let facts = Facts::gather(&args.model);
    let findings = checks::all(&facts);
    for finding in &findings {
        let lines = facts::without_home(&finding.lines(), std::env::home_dir().as_deref());
        output::print(&output::harmless(&lines))?;
    }
    let broken = findings.iter().filter(|it| it.mark == Mark::Broken);
    Ok(match broken.count() {
        0 => {
            output::message("this computer is set up to transcribe");
            Exit::Done
        }
        1 => {
            output::message("one thing is broken");
            Exit::Failed
        }
        n => {
            output::message(&format!("{n} things are broken"));
            Exit::Failed
        }
    })
}

/// The recommended model with the reason, as text.
pub(crate) fn recommended(advice: &Advice) -> String {
    format!(
        "{} in {}, because {}",
        advice.model,
        advice.dtype.name(),
        advice.reason.in_words()
    )
}
