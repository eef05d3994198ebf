//! One entry, opened to be read and corrected.

use earmark_store::ItemId;
use earmark_transcript::{Transcript, context};
use tauri::AppHandle;
use tauri::ipc::Response;

use super::work;
use crate::contract::{Code, EntryId, Failure, Opened, Redo, Segment, Splice};
use crate::{outline, reveal};

#[tauri::command]
pub(crate) async fn open_entry(app: AppHandle, id: EntryId) -> Result<Opened, Failure> {
    work(app, move |desk| {
        let (mut room, id) = (desk.room(), ItemId(id));
        let transcript = room.store.transcript(id)?;
        let context = room.store.item(id)?.asked.context;
        let heard = context::heard(&context, &transcript.text);
        Ok(Opened {
            expected: heard.into_iter().map(str::to_owned).collect(),
            entry: room.entry(id)?,
            segments: transcript.segments.iter().map(Segment::from).collect(),
            revision: room.revisions.get(&id).copied().unwrap_or_default(),
            audio_url: room.audio_url(id)?,
        })
    })
    .await
}

#[tauri::command]
pub(crate) async fn outline(app: AppHandle, id: EntryId) -> Result<Response, Failure> {
    work(app, move |desk| {
        let room = desk.room();
        let (source, folder) = (room.store.item(ItemId(id))?.asked.source, room.outlines());
        // Nobody else has to wait while the recording is read.
        drop(room);
        Ok(Response::new(outline::of(&folder, ItemId(id), &source)?))
    })
    .await
}

#[tauri::command]
pub(crate) async fn redo_span(
    app: AppHandle,
    id: EntryId,
    redo: Redo,
) -> Result<Option<Vec<Segment>>, Failure> {
    work(app, move |desk| {
        let redo = desk.room().redo(ItemId(id), redo)?;
        // The room is free while the engine works.
        let lines = redo.wait()?;
        Ok(lines.map(|lines| lines.iter().map(Segment::from).collect()))
    })
    .await
}

#[tauri::command]
pub(crate) async fn stop_redo(app: AppHandle) -> Result<(), Failure> {
    work(app, |desk| {
        desk.room().stop_redo();
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn save(
    app: AppHandle,
    id: EntryId,
    revision: u64,
    splices: Vec<Splice>,
) -> Result<u64, Failure> {
    work(app, move |desk| {
        let (mut room, id) = (desk.room(), ItemId(id));
        let now = room.revisions.get(&id).copied().unwrap_or_default();
        if revision != now || room.is_running(id) {
            let message = "the transcript was changed elsewhere; open it again";
            return Err(Failure::new(Code::Conflict, message));
        }
        match <[Splice; 1]>::try_from(splices) {
            Ok([one]) => {
                let with: Vec<_> = one.insert.into_iter().map(Into::into).collect();
                let end = one.at.saturating_add(one.remove);
                room.store.replace_segments(id, one.at..end, &with)?;
            }
            Err(splices) => {
                let mut transcript = room.store.transcript(id)?;
                for splice in splices {
                    apply(&mut transcript, splice)?;
                }
                room.store.save_transcript(id, &transcript)?;
            }
        }
        room.revisions.insert(id, now + 1);
        room.tell_entry(id);
        Ok(now + 1)
    })
    .await
}

/// Applies one change.
///
/// Errors: it is about segments that are not there.
fn apply(transcript: &mut Transcript, splice: Splice) -> Result<(), Failure> {
    let end = splice.at.saturating_add(splice.remove);
    if end > transcript.segments.len() {
        let message = "the transcript has fewer lines than were changed; open it again";
        return Err(Failure::new(Code::Conflict, message));
    }
    let with = splice.insert.into_iter().map(Into::into);
    transcript.segments.splice(splice.at..end, with);
    Ok(())
}

#[tauri::command]
pub(crate) async fn rename_entry(
    app: AppHandle,
    id: EntryId,
    title: String,
) -> Result<(), Failure> {
    work(app, move |desk| {
        let (mut room, id) = (desk.room(), ItemId(id));
        let source = room.store.item(id)?.asked.source;
        let stem = source
            .file_stem()
            .unwrap_or(source.as_os_str())
            .to_string_lossy();
        let title = match title.trim() {
            "" => &stem,
            title => title,
        };
        room.store.rename(id, title)?;
        room.tell_entry(id);
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn show_recording(app: AppHandle, id: EntryId) -> Result<(), Failure> {
    work(app, move |desk| {
        let source = desk.room().store.item(ItemId(id))?.asked.source;
        reveal::show(&source)
    })
    .await
}

#[cfg(test)]
mod tests {
    use earmark_transcript::{Ms, Transcript};

    use super::apply;
    use crate::contract::{Segment, Splice, Timing};

    fn segment(text: &str) -> Segment {
        Segment {
            start_ms: 0,
            end_ms: 1,
            text: text.into(),
            language: String::new(),
            timing: Timing::Piece,
            speaker: None,
            words: Vec::new(),
        }
    }

    #[test]
    fn changes_apply_in_order_and_never_beyond_the_end() {
        let segments = ["a", "b", "c"].map(|text| segment(text).into()).to_vec();
        let mut transcript = Transcript::assemble(Ms(9), segments, Vec::new());
        let mut change = |at, remove, texts: &[&str]| {
            let insert = texts.iter().map(|text| segment(text)).collect();
            apply(&mut transcript, Splice { at, remove, insert })
        };
        change(0, 2, &["ab"]).unwrap();
        change(2, 0, &["d"]).unwrap();
        assert!(change(3, 1, &[]).is_err());
        assert!(change(usize::MAX, 1, &[]).is_err());
        let texts: Vec<_> = transcript
            .segments
            .iter()
            .map(|it| it.text.as_str())
            .collect();
        assert_eq!(texts, ["ab", "c", "d"]);
    }
}
