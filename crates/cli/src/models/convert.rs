//! `earmark models convert`: a quantised copy of a model, so that later starts are instant.

use std::path::PathBuf;

use clap::ValueEnum;
use earmark_jobs::{Code, Conversion, Dtype};

use super::gauge::Gauge;
use crate::{Exit, out};

/// Convert a model once, so that it starts at once and needs half the memory from then on
///
/// The copy gives the very same results as the model with this `--dtype`. It is made in a folder
/// of its own, and `--model` takes that folder, or its name where it lies with the other models.
/// Nothing is left of a copy that was not finished.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A recogniser or an aligner: its folder or its name
    #[arg(value_name = "DIR|NAME")]
    model: String,

    /// How the copy stores the model's numbers
    #[arg(long, value_enum)]
    dtype: Storage,

    /// Folder of the copy; beside the other models, with the dtype behind its name, when left out
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Storage {
    /// 8.5 bits a number
    #[value(name = "q8_0")]
    Q8_0,
    /// 4.5 bits a number
    #[value(name = "q4_k")]
    Q4K,
}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let conversion = Conversion {
        model: args.model.clone(),
        dtype: match args.dtype {
            Storage::Q8_0 => Dtype::Q8_0,
            Storage::Q4K => Dtype::Q4K,
        },
        folder: args.output.clone(),
    };
    let control = super::interruptible()?;
    let gauge = Gauge::start("converting");
    let ended = earmark_jobs::convert(&conversion, &control, &|event| gauge.hear(event));
    gauge.finish();
    match ended {
        Ok(Some(folder)) => {
            out::print(&format!("{}\n", folder.display()))?;
            Ok(Exit::Done)
        }
        Ok(None) => {
            out::say("stopped; nothing is left of the copy");
            Ok(Exit::Cancelled)
        }
        Err(failure) => {
            out::say(&format!("error: {failure}"));
            Ok(match failure.code {
                Code::ModelMissing => Exit::Usage,
                _ => Exit::Failed,
            })
        }
    }
}
