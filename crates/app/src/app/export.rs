//! Transcripts on their way to other programs.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use super::App;
use crate::api::{
    Destination, EntryId, ExportOptions, Exported, Failure, Format, Preview, Settings,
};
use crate::export::{self, Place, Sheet};
use earmark_store as store;

impl App {
    /// What an export of an entry would be; of its cues, those from one on.
    ///
    /// Errors: there is no such entry.
    pub fn preview_export(
        &self,
        id: EntryId,
        options: &ExportOptions,
        from: usize,
    ) -> Result<Preview, Failure> {
        Ok(export::preview(
            &self.sheet(store::EntryId(id))?,
            options,
            from,
        ))
    }

    /// Exports entries, each to a file; `choose` asks the person for a file of this name, or for a
    /// folder when there are several, and gives `None` when they changed their mind.
    ///
    /// Errors: there is no such entry, or a file cannot be written; the others are written, and the
    /// message says how many.
    pub fn export_entries(
        &self,
        ids: &[EntryId],
        options: ExportOptions,
        to: Destination,
        choose: impl FnOnce(Option<&str>) -> Option<PathBuf>,
    ) -> Result<Option<Exported>, Failure> {
        let sheets = ids.iter().map(|&id| self.sheet(store::EntryId(id)));
        let sheets: Vec<Sheet> = sheets.collect::<Result<_, _>>()?;
        let Some(places) = places(&sheets, &options, to, choose) else {
            return Ok(None);
        };
        let (mut files, mut failures) = (Vec::new(), Vec::new());
        let mut written = PathBuf::new();
        for (sheet, place) in sheets.iter().zip(places) {
            match place.write(&export::render(sheet, &options)) {
                Ok(path) => {
                    files.push(name(&path));
                    written = path;
                }
                Err(failure) => failures.push(failure),
            }
        }
        let n_written = files.len();
        if let Some(first) = failures.into_iter().next() {
            let n_asked = sheets.len();
            return Err(match n_written {
                0 => first,
                _ => Failure {
                    message: format!("{}; {n_written} of {n_asked} were exported", first.message),
                    ..first
                },
            });
        }
        let folder = written.parent().map(|folder| folder.display().to_string());
        *self.exported.lock().unwrap_or_else(PoisonError::into_inner) = Some(written);
        self.set_and_publish(|now| {
            Ok(Settings {
                export: options,
                export_to: to,
                ..now.clone()
            })
        })?;
        let folder = folder.unwrap_or_default();
        Ok(Some(Exported { files, folder }))
    }

    /// Puts an entry on the clipboard.
    ///
    /// Errors: there is no such entry, or no clipboard.
    pub fn copy_entry(&self, id: EntryId, options: &ExportOptions) -> Result<(), Failure> {
        self.copy_text(&export::text(&self.sheet(store::EntryId(id))?, options))
    }

    /// Puts the text of the transcript that was finished last on the clipboard.
    ///
    /// Errors: there is no clipboard.
    pub fn copy_last(&self) -> Result<(), Failure> {
        let is_there = |id| {
            let entry = self.history.read(|store| store.entry(id));
            entry.is_ok_and(|entry| entry.deleted.is_none())
        };
        if !self.last_done.get().is_some_and(is_there) {
            self.recall_last()?;
        }
        let Some(id) = self.last_done.get() else {
            return Ok(());
        };
        let options = ExportOptions {
            format: Format::Txt,
            ..self.settings.get().export
        };
        self.copy_entry(id.0, &options)
    }

    /// What an export needs of an entry.
    fn sheet(&self, id: store::EntryId) -> Result<Sheet, Failure> {
        self.history.read(|store| {
            Ok::<_, earmark_store::Error>(Sheet {
                entry: store.entry(id)?,
                transcript: store.transcript(id)?,
            })
        })
    }
}

/// Where each export goes; `None` when the person changed their mind.
fn places(
    sheets: &[Sheet],
    options: &ExportOptions,
    to: Destination,
    choose: impl FnOnce(Option<&str>) -> Option<PathBuf>,
) -> Option<Vec<Place>> {
    if to == Destination::BesideRecording {
        return Some(sheets.iter().map(|sheet| sheet.beside(options)).collect());
    }
    if let [sheet] = sheets {
        let path = choose(Some(&sheet.file_name(options)))?;
        return Some(vec![Place::Chosen(export::named(
            path,
            export::ending(options),
        ))]);
    }
    let folder = choose(None)?;
    Some(
        sheets
            .iter()
            .map(|sheet| sheet.within(&folder, options))
            .collect(),
    )
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
