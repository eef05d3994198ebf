//! `earmark models convert`: makes a quantised copy of a model, which loads faster.

use std::path::PathBuf;

use clap::ValueEnum;
use earmark_jobs::{Code, Conversion, Dtype};

use super::progress_bar::ModelProgressBar;
use crate::{Exit, output};

/// Convert a model once, so that from then on it loads at once and needs half the memory
///
/// The copy gives exactly the same results as the model with this `--dtype`. It is written to its
/// own folder. `--model` accepts that folder, or its name if it is in the folder of models. An
/// unfinished copy is removed.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A recogniser or an aligner: its folder or its name
    #[arg(value_name = "DIR|NAME")]
    model: String,

    /// How the copy stores the model's numbers
    #[arg(long, value_enum)]
    dtype: Storage,

    /// Folder of the copy; by default in the folder of models, named after the model and the dtype
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Storage {
    /// 8.5 bits per weight
    #[value(name = "q8_0")]
    Q8_0,
    /// 4.5 bits per weight
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
    let control = super::cancel_on_ctrl_c()?;
    let bar = ModelProgressBar::start("converting");
    let ended = earmark_jobs::convert(&conversion, &control, &|event| bar.update(event));
    bar.finish();
    match ended {
        Ok(Some(folder)) => {
            output::print_path(&folder)?;
            Ok(Exit::Done)
        }
        Ok(None) => {
            output::message("stopped; the unfinished copy was removed");
            Ok(Exit::Cancelled)
        }
        Err(failure) => {
            output::message(&format!("error: {failure}"));
            Ok(match failure.code {
                Code::ModelMissing => Exit::Usage,
                _ => Exit::Failed,
            })
        }
    }
}
