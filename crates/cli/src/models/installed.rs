//! `earmark models verify`, `remove` and `path`: commands for installed models.

use earmark_weights::{
    CatalogModel, Error, Finding, Health, Known, Presence, catalog_model, models_folder, presence,
};

use super::download::{Files, download_model};
use super::network_args::NetworkArgs;
use super::{cancel_on_ctrl_c, installed_models, report_error, size, with_progress};
use crate::{Exit, output};

/// Compare a model's files with the published SHA-256
///
/// Exit code 1 means that a file is damaged or missing.
#[derive(clap::Args)]
pub(crate) struct VerifyArgs {
    /// Models to check; by default all that are on this computer
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Download damaged or missing files again
    #[arg(long)]
    repair: bool,

    #[command(flatten)]
    network: NetworkArgs,
}

/// Runs `verify`.
///
/// Errors: nothing more can be written.
pub(crate) fn verify(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let named: Result<Vec<_>, _> = args.names.iter().map(|name| catalog_model(name)).collect();
    let entries = match named {
        Ok(named) if named.is_empty() => installed_models(),
        Ok(named) => named,
        Err(error) => return Ok(report_error(&error)),
    };
    if entries.is_empty() {
        output::message("no models are installed, only the built-in demo");
    }
    let (control, home) = (cancel_on_ctrl_c()?, models_folder());
    let mut worst = Exit::Done;
    for entry in entries {
        let findings = with_progress(&entry.name, |on_event| {
            earmark_weights::verify(entry, &home, &control, on_event)
        });
        let findings = match findings {
            Ok(Some(findings)) => findings,
            Ok(None) => {
                output::message("stopped; nothing was changed");
                return Ok(Exit::Cancelled);
            }
            Err(error) => return Ok(report_error(&error)),
        };
        for finding in &findings {
            output::print(&output::harmless(&line(entry, finding)))?;
        }
        if findings
            .iter()
            .all(|finding| finding.health == Health::Right)
        {
            continue;
        }
        if args.repair {
            let exit = download_model(
                entry,
                None,
                &args.network,
                Files::MissingOrDamaged,
                &control,
            )?;
            if exit != Exit::Done {
                return Ok(exit);
            }
        } else {
            let name = &entry.name;
            output::message(&format!(
                "{name} is damaged; `earmark models verify {name} --repair` downloads the damaged \
                 files again, `earmark models import` copies them from a folder"
            ));
            worst = Exit::Failed;
        }
    }
    Ok(worst)
}

/// The line for one file.
fn line(entry: &CatalogModel, finding: &Finding) -> String {
    let health = match &finding.health {
        Health::Right => "ok".to_owned(),
        Health::Missing => "missing".to_owned(),
        Health::Damaged(detail) => format!("damaged: {detail}"),
    };
    let known = match finding.known {
        _ if finding.health != Health::Right => "",
        Some(Known::Published) => ", as published",
        Some(Known::Learned) => ", as first downloaded",
        None => ", no SHA-256 to compare with",
    };
    format!("{}/{}: {health}{known}\n", entry.name, finding.file)
}

/// Remove models from this computer
#[derive(clap::Args)]
pub(crate) struct RemoveArgs {
    /// Models to remove
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

/// Runs `remove`.
pub(crate) fn remove(args: &RemoveArgs) -> Exit {
    let home = models_folder();
    for name in &args.names {
        let removed = catalog_model(name).and_then(|entry| {
            let freed = match presence(entry, &home) {
                Presence::Installed { size, .. } => size,
                Presence::Partial { done, .. } => done,
                _ => 0,
            };
            earmark_weights::remove(entry, &home).map(|()| (entry, freed))
        });
        match removed {
            Ok((entry, 0)) => output::message(&format!("{} was not on this computer", entry.name)),
            Ok((entry, freed)) => {
                output::message(&format!(
                    "{} was removed, {} freed",
                    entry.name,
                    size(freed)
                ));
            }
            Err(error) => return report_error(&error),
        }
    }
    Exit::Done
}

/// Print the folder of a model, or of all models
#[derive(clap::Args)]
pub(crate) struct PathArgs {
    /// The model; by default the folder of all models is printed
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs `path`.
///
/// Errors: nothing more can be written.
pub(crate) fn path(args: &PathArgs) -> anyhow::Result<Exit> {
    let home = models_folder();
    let folder = match args.name.as_deref() {
        None => Ok(home),
        Some(name) => catalog_model(name).and_then(|entry| {
            let name = entry.name.clone();
            match presence(entry, &home) {
                Presence::Installed { folder, .. } => Ok(folder),
                Presence::BuiltIn => Err(Error::BuiltIn { name }),
                _ => Err(Error::NotDownloaded { name }),
            }
        }),
    };
    match folder {
        Ok(folder) => {
            output::print_path(&folder)?;
            Ok(Exit::Done)
        }
        Err(error) => Ok(report_error(&error)),
    }
}
