//! `earmark models download`: brings models onto this computer.

use earmark_weights::{
    CatalogModel, Control, Download, Edition, Error, Known, Manifest, Outcome, Presence, What,
    catalog, catalog_model, home, presence,
};

use super::way::{self, Way};
use super::{concluded, failed, interruptible, size, watched};
use crate::{Exit, out};

/// Bring models onto this computer
///
/// A download that was stopped or broke off goes on where it ended. Every file is compared with
/// its published SHA-256 on the way, and a model is there only when all of it is right. The
/// folder goes to standard output.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Models of the catalog, such as `Qwen3-ASR-0.6B`; with `-hf` at the end, those files
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    #[command(flatten)]
    way: Way,
}

/// Runs the command. A model that fails stops the rest, for most likely they would, too.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let entries: Result<Vec<_>, _> = args.names.iter().map(|name| catalog_model(name)).collect();
    let entries = match entries {
        Ok(entries) => entries,
        Err(error) => return Ok(failed(&error)),
    };
    let control = interruptible()?;
    for (entry, name) in entries.into_iter().zip(&args.names) {
        let is_its_own = entry.name.eq_ignore_ascii_case(name);
        let edition = entry.edition(name).filter(|_| !is_its_own);
        let exit = bring(entry, edition, &args.way, How::Missing, &control)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
        advise(entry);
    }
    Ok(Exit::Done)
}

/// What a download brings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// What is missing.
    Missing,
    /// What is missing or damaged.
    Damaged,
}

/// Brings a model and says how that ended.
///
/// Errors: nothing more can be written.
pub(crate) fn bring(
    entry: &CatalogModel,
    edition: Option<&Edition>,
    way: &Way,
    how: How,
    control: &Control,
) -> anyhow::Result<Exit> {
    let (settings, home) = (way::settings(), home());
    let ended = way.network(&settings).and_then(|network| {
        let mut download = Download::new(entry, &home, &network);
        download.edition = edition;
        way.direct(&mut download, &settings)?;
        watched(&entry.name, |tell| match how {
            How::Missing => download.run(control, tell),
            How::Damaged => download.repair(control, tell),
        })
    });
    if matches!(ended, Err(Error::NetworkOff { .. })) {
        let file = earmark_store::default_folder().map(|folder| {
            let file = earmark_store::Settings::file(&folder);
            format!("; the switch is `network_off` in `{}`", file.display())
        });
        let kept = kept(entry) + &file.unwrap_or_default();
        return concluded(ended, &kept);
    }
    if let Ok(Outcome::Done(folder)) = &ended {
        introduce(Manifest::read(folder).as_ref());
    }
    concluded(ended, &kept(entry))
}

/// What is left of a download that did not come to its end.
fn kept(entry: &CatalogModel) -> String {
    match presence(entry, &home()) {
        Presence::Coming { done, total } if done > 0 => {
            let total = size(total.max(done));
            let done = size(done);
            format!("{done} of {total} are kept; the same command goes on from there")
        }
        Presence::Here { .. } => "what was here before is unchanged".to_owned(),
        _ => "nothing had arrived that could be kept".to_owned(),
    }
}

/// Says which files nobody could vouch for.
fn introduce(manifest: Option<&Manifest>) {
    let pins = manifest.map_or(&[][..], |manifest| &manifest.files);
    let learned = pins.iter().filter(|pin| pin.known == Known::Learned);
    let learned: Vec<_> = learned.map(|pin| pin.name.as_str()).collect();
    if !learned.is_empty() {
        out::say(&format!(
            "note: the catalog has no SHA-256 of {}; what came is held to from now on",
            learned.join(", ")
        ));
    }
}

/// Says what a person may want next.
fn advise(entry: &CatalogModel) {
    match entry.what {
        What::Aligner => out::say("recordings have measured word times from now on"),
        What::Recognizer => {
            let name = &entry.name;
            out::say(&format!(
                "use it with `earmark transcribe FILE --model {name}`"
            ));
            let mut aligners = catalog().iter().filter(|entry| entry.what == What::Aligner);
            let published = aligners.find(|entry| !entry.editions.is_empty());
            let absent = published
                .filter(|aligner| !matches!(presence(aligner, &home()), Presence::Here { .. }));
            if let Some(aligner) = absent {
                let aligner = &aligner.name;
                out::say(&format!(
                    "for measured word times: `earmark models download {aligner}`"
                ));
            }
        }
    }
}
