//! `earmark models verify`, `remove` and `path`: what is on this computer.

use earmark_weights::{
    CatalogModel, Error, Finding, Health, Known, Presence, catalog_model, home, presence,
};

use super::download::{How, bring};
use super::way::Way;
use super::{failed, interruptible, size, stocked, watched};
use crate::{Exit, out};

/// Read a model's files and compare them with what was published
///
/// Exit code 1 says that a file is damaged or missing.
#[derive(clap::Args)]
pub(crate) struct VerifyArgs {
    /// Models; all that are on this computer when left out
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Bring anew what is damaged or missing
    #[arg(long)]
    repair: bool,

    #[command(flatten)]
    way: Way,
}

/// Runs `verify`.
///
/// Errors: nothing more can be written.
pub(crate) fn verify(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let named: Result<Vec<_>, _> = args.names.iter().map(|name| catalog_model(name)).collect();
    let entries = match named {
        Ok(named) if named.is_empty() => stocked(),
        Ok(named) => named,
        Err(error) => return Ok(failed(&error)),
    };
    if entries.is_empty() {
        out::say("there is no model on this computer but the built-in demo");
    }
    let (control, home) = (interruptible()?, home());
    let mut worst = Exit::Done;
    for entry in entries {
        let findings = watched(&entry.name, |tell| {
            earmark_weights::verify(entry, &home, &control, tell)
        });
        let findings = match findings {
            Ok(Some(findings)) => findings,
            Ok(None) => {
                out::say("stopped; nothing was changed");
                return Ok(Exit::Cancelled);
            }
            Err(error) => return Ok(failed(&error)),
        };
        for finding in &findings {
            out::print(&line(entry, finding))?;
        }
        if findings
            .iter()
            .all(|finding| finding.health == Health::Right)
        {
            continue;
        }
        if args.repair {
            let exit = bring(entry, None, &args.way, How::Damaged, &control)?;
            if exit != Exit::Done {
                return Ok(exit);
            }
        } else {
            let name = &entry.name;
            out::say(&format!(
                "{name} is damaged; `earmark models verify {name} --repair` brings the damaged \
                 files anew, `earmark models import` takes them in from a folder"
            ));
            worst = Exit::Failed;
        }
    }
    Ok(worst)
}

/// How a file is, on a line.
fn line(entry: &CatalogModel, finding: &Finding) -> String {
    let health = match &finding.health {
        Health::Right => "right".to_owned(),
        Health::Missing => "missing".to_owned(),
        Health::Damaged(detail) => format!("damaged: {detail}"),
    };
    let known = match finding.known {
        _ if finding.health != Health::Right => "",
        Some(Known::Published) => ", as published",
        Some(Known::Learned) => ", as it first came",
        None => ", as far as can be known",
    };
    format!("{}/{}: {health}{known}\n", entry.name, finding.file)
}

/// Remove models from this computer
#[derive(clap::Args)]
pub(crate) struct RemoveArgs {
    /// The models
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

/// Runs `remove`.
pub(crate) fn remove(args: &RemoveArgs) -> Exit {
    let home = home();
    for name in &args.names {
        let removed = catalog_model(name).and_then(|entry| {
            let freed = match presence(entry, &home) {
                Presence::Here { size, .. } => size,
                Presence::Coming { done, .. } => done,
                _ => 0,
            };
            earmark_weights::remove(entry, &home).map(|()| (entry, freed))
        });
        match removed {
            Ok((entry, 0)) => out::say(&format!("{} was not on this computer", entry.name)),
            Ok((entry, freed)) => {
                out::say(&format!(
                    "{} is removed, {} are free again",
                    entry.name,
                    size(freed)
                ));
            }
            Err(error) => return failed(&error),
        }
    }
    Exit::Done
}

/// Print the folder of a model, or of all models
#[derive(clap::Args)]
pub(crate) struct PathArgs {
    /// The model; the folder of all models when left out
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs `path`.
///
/// Errors: nothing more can be written.
pub(crate) fn path(args: &PathArgs) -> anyhow::Result<Exit> {
    let home = home();
    let folder = match args.name.as_deref() {
        None => Ok(home),
        Some(name) => catalog_model(name).and_then(|entry| {
            let name = entry.name.clone();
            match presence(entry, &home) {
                Presence::Here { folder, .. } => Ok(folder),
                Presence::BuiltIn => Err(Error::BuiltIn { name }),
                _ => Err(Error::NotDownloaded { name }),
            }
        }),
    };
    match folder {
        Ok(folder) => {
            out::print(&format!("{}\n", folder.display()))?;
            Ok(Exit::Done)
        }
        Err(error) => Ok(failed(&error)),
    }
}
