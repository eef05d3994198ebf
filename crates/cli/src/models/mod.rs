//! `earmark models`: which models there are, and bringing them onto this computer.

mod bundle;
mod convert;
mod download;
mod gauge;
mod list;
mod stock;
pub(crate) mod way;

use anyhow::Context;
use clap::Subcommand;
use earmark_weights::{CatalogModel, Control, Error, Outcome, Presence, catalog, home, presence};

use crate::{EXIT_CODES, Exit, out};
use gauge::Gauge;

/// See which models there are, and bring them onto this computer
///
/// Nothing is ever sent or asked for but by `download` and by `verify --repair`. Models live in
/// the folder `EARMARK_MODELS`, or else in the program's data folder.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    word: Word,
}

// One file per word or two; this list is all that knows them.
#[derive(Subcommand)]
enum Word {
    List(list::Args),
    Download(download::Args),
    Import(bundle::ImportArgs),
    Export(bundle::ExportArgs),
    Verify(stock::VerifyArgs),
    Remove(stock::RemoveArgs),
    Path(stock::PathArgs),
    Convert(convert::Args),
}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    if let Some(trouble) = earmark_weights::catalog_trouble() {
        out::say(&format!("warning: {trouble}"));
    }
    match &args.word {
        Word::List(args) => list::run(args),
        Word::Download(args) => download::run(args),
        Word::Import(args) => bundle::import(args),
        Word::Export(args) => bundle::export(args),
        Word::Verify(args) => stock::verify(args),
        Word::Remove(args) => Ok(stock::remove(args)),
        Word::Path(args) => stock::path(args),
        Word::Convert(args) => convert::run(args),
    }
}

/// What Ctrl-C cancels; a second one ends the program at once. To be asked for once.
fn interruptible() -> anyhow::Result<Control> {
    let control = Control::default();
    let interrupted = control.clone();
    let handler = move || {
        if interrupted.wish() == earmark_weights::Wish::Cancel {
            std::process::exit(Exit::Cancelled as i32);
        }
        interrupted.cancel();
    };
    ctrlc::set_handler(handler).context("cannot listen for Ctrl-C")?;
    Ok(control)
}

/// Does a work with its progress on standard error.
fn watched<T>(
    what: &str,
    work: impl FnOnce(&earmark_weights::Tell<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let gauge = Gauge::start(what);
    let done = work(&|event| gauge.hear(event));
    gauge.finish();
    done
}

/// Says how a work ended that was to put something into a place, which goes to standard output.
///
/// Errors: nothing more can be written.
fn concluded(ended: Result<Outcome, Error>, kept: &str) -> anyhow::Result<Exit> {
    match ended {
        Ok(Outcome::Done(place)) => {
            out::print(&format!("{}\n", place.display()))?;
            Ok(Exit::Done)
        }
        Ok(Outcome::Cancelled) => {
            out::say(&format!("stopped; {kept}"));
            Ok(Exit::Cancelled)
        }
        Err(error) => {
            let exit = failed(&error);
            if exit == Exit::Failed {
                out::say(kept);
            }
            Ok(exit)
        }
    }
}

/// Says an error; one of what was asked for is another exit than one of the doing.
fn failed(error: &Error) -> Exit {
    out::say(&format!("error: {error}"));
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

/// The checkpoints that are on this computer as files.
fn stocked() -> Vec<&'static CatalogModel> {
    let home = home();
    let is_here = |entry: &&CatalogModel| matches!(presence(entry, &home), Presence::Here { .. });
    catalog().iter().filter(is_here).collect()
}

/// A size as people read it.
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
    fn sizes_read_well() {
        let sizes = [0, 999, 1000, 12_487, 13_400_000, 1_876_091_704].map(size);
        assert_eq!(
            sizes,
            ["0 bytes", "999 bytes", "1 kB", "12 kB", "13 MB", "1.9 GB"]
        );
    }
}
