//! `earmark models`: lists, downloads and manages models.

mod convert;
mod download;
mod import_export;
mod installed;
mod list;
pub(crate) mod network_args;
mod progress_bar;

use anyhow::Context;
use clap::Subcommand;
use earmark_weights::{
    CatalogModel, Control, Error, Outcome, Presence, catalog, models_folder, presence,
};

use crate::{EXIT_CODES, Exit, output};
use progress_bar::ModelProgressBar;

/// List, download and manage models
///
/// Only `download` and `verify --repair` use the network. Models are kept in the folder
/// `EARMARK_MODELS`, or else in the program's data folder.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::Args),
    Download(download::Args),
    Import(import_export::ImportArgs),
    Export(import_export::ExportArgs),
    Verify(installed::VerifyArgs),
    Remove(installed::RemoveArgs),
    Path(installed::PathArgs),
    Convert(convert::Args),
}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    if let Some(trouble) = earmark_weights::catalog_trouble() {
        output::message(&format!("warning: {trouble}"));
    }
    match &args.command {
        Command::List(args) => list::run(args),
        Command::Download(args) => download::run(args),
        Command::Import(args) => import_export::import(args),
        Command::Export(args) => import_export::export(args),
        Command::Verify(args) => installed::verify(args),
        Command::Remove(args) => Ok(installed::remove(args)),
        Command::Path(args) => installed::path(args),
        Command::Convert(args) => convert::run(args),
    }
}

/// Installs the Ctrl-C handler: the first one cancels the returned control, a second one ends the
/// program at once. To be called once.
fn cancel_on_ctrl_c() -> anyhow::Result<Control> {
    let control = Control::default();
    let interrupted = control.clone();
    let handler = move || {
        if interrupted.requested() == earmark_weights::RequestedState::Cancel {
            std::process::exit(Exit::Cancelled as i32);
        }
        interrupted.cancel();
    };
    ctrlc::set_handler(handler).context("cannot listen for Ctrl-C")?;
    Ok(control)
}

/// Runs `work` and shows its progress on standard error.
fn with_progress<T>(
    what: &str,
    work: impl FnOnce(&earmark_weights::OnEvent<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let bar = ModelProgressBar::start(what);
    let done = work(&|event| bar.update(event));
    bar.finish();
    done
}

/// Reports how work ended whose result is a path, and prints that path to standard output. `kept`
/// says what was kept when it did not finish.
///
/// Errors: nothing more can be written.
fn report_outcome(ended: Result<Outcome, Error>, kept: &str) -> anyhow::Result<Exit> {
    match ended {
        Ok(Outcome::Done(path)) => {
            output::print_path(&path)?;
            Ok(Exit::Done)
        }
        Ok(Outcome::Cancelled) => {
            output::message(&format!("stopped; {kept}"));
            Ok(Exit::Cancelled)
        }
        Err(error) => {
            let exit = report_error(&error);
            if exit == Exit::Failed {
                output::message(kept);
            }
            Ok(exit)
        }
    }
}

/// Prints an error. Errors in the arguments exit with 2, all others with 1.
fn report_error(error: &Error) -> Exit {
    output::message(&format!("error: {error}"));
    match error {
        Error::Unknown { .. }
        | Error::Mirror { .. }
        | Error::Proxy { .. }
        | Error::BuiltIn { .. }
        | Error::NotARecognizer { .. }
        | Error::NotAnAligner { .. } => Exit::Usage,
        _ => Exit::Failed,
    }
}

/// The models of the catalog that are installed.
fn installed_models() -> Vec<&'static CatalogModel> {
    let home = models_folder();
    let is_here =
        |entry: &&CatalogModel| matches!(presence(entry, &home), Presence::Installed { .. });
    catalog().iter().filter(is_here).collect()
}

/// A size in readable units.
pub(crate) fn size(n_bytes: u64) -> String {
    let n = n_bytes as f64;
    match n_bytes {
        0..1_000 => format!("{n_bytes} bytes"),
        1_000..1_000_000 => format!("{:.0} kB", n / 1e3),
        1_000_000..1_000_000_000 => format!("{:.0} MB", n / 1e6),
        _ => format!("{:.1} GB", n / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_readable_units() {
        let sizes = [0, 999, 1000, 12_487, 13_400_000, 1_876_091_704].map(size);
        assert_eq!(
            sizes,
            ["0 bytes", "999 bytes", "1 kB", "12 kB", "13 MB", "1.9 GB"]
        );
    }
}
