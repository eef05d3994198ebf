//! `earmark models list`: the catalog, which models are installed and which one is recommended.

use earmark_jobs::{Advice, Dtype, Hardware, memory_of};
use earmark_weights::{
    CatalogModel, Edition, ModelKind, Presence, catalog, models_folder, presence,
};
use serde::Serialize;

use super::size;
use crate::{Exit, doctor, output};

/// List the available models and which of them are on this computer
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write everything as JSON
    #[arg(long)]
    json: bool,
}

/// A model in the JSON output.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    title: &'a str,
    does: &'static str,
    about: &'a str,
    licence: &'a str,
    languages: &'a [String],
    /// Size of the files, as far as it is known before the download.
    bytes: u64,
    /// Memory needed in `q8_0`, the default on a CPU, if known.
    memory_bytes: Option<u64>,
    presence: Place,
    /// Bytes downloaded so far, of an unfinished download.
    come_bytes: Option<u64>,
    is_recommended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Place {
    BuiltIn,
    Here,
    InPart,
    Absent,
}

/// Runs the command.
///
/// Errors: nothing more can be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let (home, advice) = (models_folder(), earmark_jobs::advice(&Hardware::look()));
    let rows: Vec<_> = catalog()
        .iter()
        .map(|entry| row(entry, &presence(entry, &home), &advice))
        .collect();
    if args.json {
        output::print(&format!("{}\n", serde_json::to_string_pretty(&rows)?))?;
        return Ok(Exit::Done);
    }
    output::print(&output::harmless(&table(&rows)))?;
    output::message(&format!(
        "* recommended for this computer: {}",
        doctor::recommended(&advice)
    ));
    Ok(Exit::Done)
}

fn row<'a>(entry: &'a CatalogModel, presence: &Presence, advice: &Advice) -> Row<'a> {
    let published = entry.editions.first().map_or(0, Edition::size);
    let (here, bytes) = match *presence {
        Presence::BuiltIn => (Place::BuiltIn, 0),
        Presence::Installed { size, .. } => (Place::Here, size),
        Presence::Partial { .. } => (Place::InPart, published),
        Presence::Absent => (Place::Absent, published),
    };
    Row {
        name: &entry.name,
        title: &entry.title,
        does: match entry.kind {
            ModelKind::Recognizer => "text",
            ModelKind::Aligner => "word times",
        },
        about: &entry.about,
        licence: &entry.licence,
        languages: &entry.languages,
        bytes,
        memory_bytes: memory_of(entry, Dtype::Q8_0),
        presence: here,
        come_bytes: match *presence {
            Presence::Partial { done, .. } => Some(done),
            _ => None,
        },
        is_recommended: entry.name == advice.model,
    }
}

/// The table for people; the recommended model has a star.
fn table(rows: &[Row<'_>]) -> String {
    let head = [
        "name",
        "gives",
        "languages",
        "size",
        "memory",
        "on this computer",
    ];
    let cells = rows.iter().map(|row| {
        let here = match (row.presence, row.come_bytes) {
            (Place::BuiltIn, _) => "built in".to_owned(),
            (Place::Here, _) => "yes".to_owned(),
            (Place::InPart, come) => format!("{} of it", size(come.unwrap_or(0))),
            (Place::Absent, _) => "no".to_owned(),
        };
        let known = |bytes| {
            if bytes == 0 {
                String::new()
            } else {
                size(bytes)
            }
        };
        [
            row.name.to_owned(),
            row.does.to_owned(),
            row.languages.len().to_string(),
            known(row.bytes),
            known(row.memory_bytes.unwrap_or(0)),
            here,
        ]
    });
    let all: Vec<_> = [head.map(str::to_owned)].into_iter().chain(cells).collect();
    let width = |column: usize| all.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |(i, cells): (usize, &[String; 6])| {
        let star = if i > 0 && rows[i - 1].is_recommended {
            "*"
        } else {
            " "
        };
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        let line = format!("{star} {}", padded.collect::<Vec<_>>().join("  "));
        line.trim_end().to_owned() + "\n"
    };
    all.iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use earmark_jobs::{Advice, Dtype, Reason};
    use earmark_weights::{Presence, catalog};

    use super::{row, table};

    #[test]
    fn the_table_shows_what_is_installed_and_recommended() {
        let advice = Advice {
            model: "Qwen3-ASR-0.6B",
            dtype: Dtype::Q8_0,
            needs_bytes: 0,
            reason: Reason::LittleMemory,
        };
        let rows = catalog().iter().map(|entry| {
            let presence = match entry.name.as_str() {
                "demo" | "demo-aligner" => Presence::BuiltIn,
                "Qwen3-ASR-1.7B" => Presence::Partial {
                    done: 412_000_000,
                    total: 4_700_000_000,
                },
                "Qwen3-ASR-0.6B" => Presence::Installed {
                    folder: "/x".into(),
                    size: 1_880_558_703,
                },
                _ => Presence::Absent,
            };
            row(entry, &presence, &advice)
        });
        insta::assert_snapshot!(table(&rows.collect::<Vec<_>>()));
    }
}
