//! `earmark models download`: downloads models to this computer.

use earmark_weights::{
    CatalogModel, Control, Download, Edition, Error, Known, Manifest, ModelKind, Outcome, Presence,
    catalog, catalog_model, models_folder, presence,
};

use super::network_args::{self, NetworkArgs};
use super::{cancel_on_ctrl_c, report_error, report_outcome, size, with_progress};
use crate::{Exit, output};

/// Download models to this computer
///
/// An interrupted download resumes where it stopped. Every file is compared with its published
/// SHA-256, and a model is installed only when all of its files match. Its folder is printed to
/// standard output.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Models of the catalog, such as `Qwen3-ASR-0.6B`; add `-hf` for the files in the layout of
    /// Hugging Face Transformers
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    #[command(flatten)]
    network: NetworkArgs,
}

/// Runs the command. If a model fails, the rest are not tried, because they would most likely
/// fail too.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let entries: Result<Vec<_>, _> = args.names.iter().map(|name| catalog_model(name)).collect();
    let entries = match entries {
        Ok(entries) => entries,
        Err(error) => return Ok(report_error(&error)),
    };
    let control = cancel_on_ctrl_c()?;
    for (entry, name) in entries.into_iter().zip(&args.names) {
        let is_its_own = entry.name.eq_ignore_ascii_case(name);
        let edition = entry.edition(name).filter(|_| !is_its_own);
        let exit = download_model(entry, edition, &args.network, Files::Missing, &control)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
        suggest_next_command(entry);
    }
    Ok(Exit::Done)
}

/// Which files are downloaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Files {
    /// Files that are missing.
    Missing,
    /// Files that are missing or damaged.
    MissingOrDamaged,
}

/// Downloads a model and reports the outcome.
///
/// Errors: nothing more can be written.
pub(crate) fn download_model(
    entry: &CatalogModel,
    edition: Option<&Edition>,
    way: &NetworkArgs,
    files: Files,
    control: &Control,
) -> anyhow::Result<Exit> {
    let (settings, home) = (network_args::settings(), models_folder());
    let ended = way.network(&settings).and_then(|network| {
        let mut download = Download::new(entry, &home, &network);
        download.edition = edition;
        way.configure(&mut download, &settings)?;
        with_progress(&entry.name, |on_event| match files {
            Files::Missing => download.run(control, on_event),
            Files::MissingOrDamaged => download.repair(control, on_event),
        })
    });
    if matches!(ended, Err(Error::NetworkOff { .. })) {
        let file = earmark_store::default_folder().map(|folder| {
            let file = earmark_store::Settings::file(&folder);
            format!("; the setting is `network_off` in `{}`", file.display())
        });
        let kept = kept(entry) + &file.unwrap_or_default();
        return report_outcome(ended, &kept);
    }
    if let Ok(Outcome::Done(folder)) = &ended {
        note_unpublished_checksums(Manifest::read(folder).as_ref());
    }
    report_outcome(ended, &kept(entry))
}

/// What was kept of a download that did not finish.
fn kept(entry: &CatalogModel) -> String {
    match presence(entry, &models_folder()) {
        Presence::Partial { done, total } if done > 0 => {
            let total = size(total.max(done));
            let done = size(done);
            format!("{done} of {total} are kept; the same command resumes there")
        }
        Presence::Installed { .. } => "the files that were here before are unchanged".to_owned(),
        _ => "nothing was downloaded".to_owned(),
    }
}

/// Names the files that have no published SHA-256.
fn note_unpublished_checksums(manifest: Option<&Manifest>) {
    let pins = manifest.map_or(&[][..], |manifest| &manifest.files);
    let learned = pins.iter().filter(|pin| pin.known == Known::Learned);
    let learned: Vec<_> = learned.map(|pin| pin.name.as_str()).collect();
    if !learned.is_empty() {
        output::message(&format!(
            "note: the catalog has no SHA-256 for {}; later checks compare with what was \
             downloaded now",
            learned.join(", ")
        ));
    }
}

/// Suggests the next command.
fn suggest_next_command(entry: &CatalogModel) {
    match entry.kind {
        ModelKind::Aligner => output::message("word times are measured from now on"),
        ModelKind::Recognizer => {
            let name = &entry.name;
            output::message(&format!(
                "use it with `earmark transcribe FILE --model {name}`"
            ));
            let mut aligners = catalog()
                .iter()
                .filter(|entry| entry.kind == ModelKind::Aligner);
            let published = aligners.find(|entry| !entry.editions.is_empty());
            let absent = published.filter(|aligner| {
                !matches!(
                    presence(aligner, &models_folder()),
                    Presence::Installed { .. }
                )
            });
            if let Some(aligner) = absent {
                let aligner = &aligner.name;
                output::message(&format!(
                    "for measured word times: `earmark models download {aligner}`"
                ));
            }
        }
    }
}
