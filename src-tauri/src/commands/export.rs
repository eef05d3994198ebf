//! Transcripts on their way to other programs.

use std::path::PathBuf;

use earmark_store::ItemId;
use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};

use super::{items, work};
use crate::contract::{
    Code, Destination, EntryId, Event, ExportOptions, Exported, Failure, Format, Preview, Settings,
};
use crate::desk::{Desk, Room};
use crate::export::Sheet;
use crate::{export, reveal};

#[tauri::command]
pub(crate) async fn preview_export(
    app: AppHandle,
    id: EntryId,
    options: ExportOptions,
    from: usize,
) -> Result<Preview, Failure> {
    work(app, move |desk| {
        let sheet = sheet(&desk.room(), ItemId(id))?;
        Ok(export::preview(&sheet, &options, from))
    })
    .await
}

#[tauri::command]
pub(crate) async fn export_entries(
    app: AppHandle,
    window: WebviewWindow,
    ids: Vec<EntryId>,
    options: ExportOptions,
    to: Destination,
) -> Result<Option<Exported>, Failure> {
    work(app, move |desk| {
        let room = desk.room();
        let sheets = items(ids).into_iter().map(|id| sheet(&room, id));
        let sheets: Vec<Sheet> = sheets.collect::<Result<_, _>>()?;
        // A dialog may stand open for long.
        drop(room);
        let Some(paths) = places(&window, &sheets, &options, to) else {
            return Ok(None);
        };
        let mut files = Vec::new();
        let mut written = PathBuf::new();
        for (sheet, place) in sheets.iter().zip(paths) {
            written = place.write(&export::render(sheet, &options))?;
            files.push(name(&written));
        }
        let folder = written.parent().map(|folder| folder.display().to_string());
        remember(desk, options, to, written)?;
        let folder = folder.unwrap_or_default();
        Ok(Some(Exported { files, folder }))
    })
    .await
}

/// Where each export goes; none when the person changed their mind.
fn places(
    window: &WebviewWindow,
    sheets: &[Sheet],
    options: &ExportOptions,
    to: Destination,
) -> Option<Vec<export::Place>> {
    let dialog = || window.dialog().file().set_parent(window);
    let path = |chosen: Option<FilePath>| chosen.and_then(|chosen| chosen.into_path().ok());
    if to == Destination::BesideRecording {
        return Some(sheets.iter().map(|sheet| sheet.beside(options)).collect());
    }
    if let [sheet] = sheets {
        let name = sheet.file_name(options);
        let chosen = path(dialog().set_file_name(name).blocking_save_file());
        return chosen.map(|path| {
            let path = export::named(path, export::ending(options));
            vec![export::Place::Chosen(path)]
        });
    }
    let folder = path(dialog().blocking_pick_folder());
    folder.map(|folder| {
        sheets
            .iter()
            .map(|sheet| sheet.within(&folder, options))
            .collect()
    })
}

fn name(path: &std::path::Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Keeps the options for the next export.
fn remember(
    desk: &Desk,
    export: ExportOptions,
    export_to: Destination,
    written: PathBuf,
) -> Result<(), Failure> {
    let mut room = desk.room();
    room.exported = Some(written);
    let settings = Settings {
        export,
        export_to,
        ..room.settings.clone()
    };
    room.set(settings)?;
    let settings = room.settings.clone();
    room.tell(Event::Settings { settings });
    Ok(())
}

#[tauri::command]
pub(crate) async fn copy_entry(
    app: AppHandle,
    id: EntryId,
    options: ExportOptions,
) -> Result<(), Failure> {
    work(app, move |desk| {
        let mut room = desk.room();
        let text = export::text(&sheet(&room, ItemId(id))?, &options);
        room.copy(text)
    })
    .await
}

/// The text of an entry, as the last export had it.
pub(crate) fn text(room: &Room, id: ItemId) -> Result<String, Failure> {
    let options = ExportOptions {
        format: Format::Txt,
        ..room.settings.export.clone()
    };
    Ok(export::text(&sheet(room, id)?, &options))
}

#[tauri::command]
pub(crate) async fn show_exported(app: AppHandle) -> Result<(), Failure> {
    work(app, |desk| {
        let exported = desk.room().exported.clone();
        let nothing = || Failure::new(Code::ExportUnwritable, "nothing was exported yet");
        reveal::show(&exported.ok_or_else(nothing)?)
    })
    .await
}

/// What an export needs of an entry.
fn sheet(room: &Room, id: ItemId) -> Result<Sheet, Failure> {
    Ok(Sheet {
        item: room.store.item(id)?,
        transcript: room.store.transcript(id)?,
    })
}
