//! `earmark models import` and `export`: models on a stick, for computers without a network.

use std::path::PathBuf;

use earmark_weights::{Import, ThisComputer, catalog_model, home};

use super::{concluded, failed, interruptible, watched};
use crate::Exit;

/// Take a model in from a folder or a zip archive
///
/// Takes what `export` made, a download of Hugging Face or ModelScope, or a folder of such files.
/// Every file is compared with its published SHA-256. The model's folder goes to standard output.
#[derive(clap::Args)]
pub(crate) struct ImportArgs {
    /// The folder or archive
    #[arg(value_name = "PATH")]
    path: PathBuf,

    /// Which model it is, where its files do not say
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Runs `import`.
///
/// Errors: nothing more can be written.
pub(crate) fn import(args: &ImportArgs) -> anyhow::Result<Exit> {
    if let Some(Err(error)) = args.name.as_deref().map(catalog_model) {
        return Ok(failed(&error));
    }
    let (control, home) = (interruptible()?, home());
    let mut import = Import::new(&args.path, &home);
    import.name = args.name.as_deref();
    let ended = watched("import", |tell| import.run(&control, tell));
    concluded(ended, "no model on this computer was changed")
}

/// Write a model into one archive, for a computer without a network
///
/// Every file is checked on the way. The archive's path goes to standard output; `earmark models
/// import` takes it in.
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
        Err(error) => return Ok(failed(&error)),
    };
    let (control, home) = (interruptible()?, home());
    let ended = watched("export", |tell| {
        earmark_weights::export(entry, &home, &args.target, &ThisComputer, &control, tell)
    });
    concluded(ended, "no archive was written")
}
