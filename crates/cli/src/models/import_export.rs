//! `earmark models import` and `export`: models as files, for computers without a network.

use std::path::PathBuf;

use earmark_weights::{Import, ThisComputer, catalog_model, models_folder};

use super::{cancel_on_ctrl_c, report_error, report_outcome, with_progress};
use crate::Exit;

/// Import a model from a folder or a zip archive
///
/// Reads what `export` wrote, a download from Hugging Face or ModelScope, or a folder of such
/// files. Every file is compared with its published SHA-256. The model's folder is printed to
/// standard output.
#[derive(clap::Args)]
pub(crate) struct ImportArgs {
    /// The folder or archive
    #[arg(value_name = "PATH")]
    path: PathBuf,

    /// Name of the model, needed only when its files do not contain it
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Runs `import`.
///
/// Errors: nothing more can be written.
pub(crate) fn import(args: &ImportArgs) -> anyhow::Result<Exit> {
    if let Some(Err(error)) = args.name.as_deref().map(catalog_model) {
        return Ok(report_error(&error));
    }
    let (control, home) = (cancel_on_ctrl_c()?, models_folder());
    let mut import = Import::new(&args.path, &home);
    import.name = args.name.as_deref();
    let ended = with_progress("import", |on_event| import.run(&control, on_event));
    report_outcome(ended, "no model on this computer was changed")
}

/// Export a model as one archive, for a computer without a network
///
/// Every file is verified before it is written. The archive's path is printed to standard output;
/// `earmark models import` reads the archive.
#[derive(clap::Args)]
pub(crate) struct ExportArgs {
    /// The model
    #[arg(value_name = "NAME")]
    name: String,

    /// The archive to write, or a folder for it
    #[arg(value_name = "PATH", default_value = ".")]
    target: PathBuf,
}

/// Runs `export`.
///
/// Errors: nothing more can be written.
pub(crate) fn export(args: &ExportArgs) -> anyhow::Result<Exit> {
    let entry = match catalog_model(&args.name) {
        Ok(entry) => entry,
        Err(error) => return Ok(report_error(&error)),
    };
    let (control, home) = (cancel_on_ctrl_c()?, models_folder());
    let ended = with_progress("export", |on_event| {
        earmark_weights::export(
            entry,
            &home,
            &args.target,
            &ThisComputer,
            &control,
            on_event,
        )
    });
    report_outcome(ended, "no archive was written")
}
