//! The last dictations, for the tray.

use earmark_store::{Filter, Item, ItemId, Origin, Stage, State};
use earmark_transcript::{Segment, Transcript};
use tauri::AppHandle;

use super::text;
use crate::contract::Failure;
use crate::convert::kept;
use crate::desk::{Desk, Room};
use crate::{front, log, tray};

/// As many as can be told apart at a glance.
const N: usize = 5;

/// How far back they are looked for; some say nothing.
const N_LOOKED_AT: usize = 20;

/// How much of a text is shown. Units: characters.
const LONGEST: usize = 40;

/// A dictation, to be chosen by its beginning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recent {
    pub(crate) id: ItemId,
    pub(crate) label: String,
}

impl Recent {
    /// Tells the tray which are the last ones. Waits for the main thread, so not for who holds the
    /// room.
    pub(crate) fn tell(app: &AppHandle) {
        let desk = front::desk(app);
        match recent(&desk) {
            Ok(recent) => {
                let has_last = desk.room().last_done.is_some();
                tray::list_dictations(app, &recent);
                tray::allow_copy(app, has_last);
            }
            Err(failure) => failure.log(),
        }
    }
}

/// The first that say something. One whose text cannot be read is set aside, and the page is told.
fn recent(desk: &Desk) -> Result<Vec<Recent>, Failure> {
    let done = Filter {
        stages: vec![Stage::Done],
        origin: Some(Origin::Dictation),
        ..Filter::default()
    };
    let room = desk.room();
    let newest = room.store.list(&done, None, N_LOOKED_AT)?;
    let has_marks = room.settings.dictation_marks;
    drop(room);
    let mut found = Vec::new();
    for Item { id, asked, .. } in newest {
        let transcript = desk.room().store.transcript(id);
        let label = match transcript {
            Ok(transcript) => label(&text::said(&opening(transcript), has_marks)),
            Err(error) => {
                desk.room().set_aside(id, &asked.name, error.into());
                continue;
            }
        };
        if !label.is_empty() {
            found.push(Recent { id, label });
        }
        if found.len() == N {
            break;
        }
    }
    Ok(found)
}

/// Puts the text of a dictation on the clipboard.
pub(crate) fn copy(desk: &Desk, id: ItemId) -> Result<(), Failure> {
    let text = super::dictated(desk, id)?;
    log::info(&format!("entry {} is copied", id.0));
    desk.room().copy(text)
}

impl Room {
    /// Marks an entry whose text cannot be read as failed, so that nothing stumbles over it again.
    fn set_aside(&mut self, id: ItemId, name: &str, mut failure: Failure) {
        let message = &failure.message;
        failure.message = format!("`{name}` cannot be read and was set aside: {message}");
        let kept = self.store.set_state(id, &State::Failed(kept(&failure)));
        self.note(kept.map_err(Failure::from).and(Err(failure)));
        self.tell_entry(id);
    }
}

/// As many lines of a dictation as its label may need; spoken marks make a text shorter.
fn opening(mut transcript: Transcript) -> Transcript {
    let mut n = 0;
    let mut is_needed = |segment: &Segment| {
        let is_wanted = n < 4 * LONGEST;
        n += segment.text.chars().count();
        is_wanted
    };
    let n_wanted = transcript
        .segments
        .iter()
        .take_while(|it| is_needed(it))
        .count();
    transcript.segments.truncate(n_wanted);
    transcript
}

/// The beginning of a text, in one line.
fn label(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use earmark_transcript::{Ms, Segment, Timing, Transcript};

    use super::{LONGEST, label, opening};

    #[test]
    fn a_label_needs_the_beginning_of_a_dictation_only() {
        let segment = Segment {
            start: Ms(0),
            end: Ms(1),
            text: "One two three four.".into(),
            language: "English".into(),
            timing: Timing::Piece,
            speaker: None,
            words: Vec::new(),
        };
        let transcript = Transcript::assemble(Ms(1), vec![segment; 10_000], Vec::new());
        let kept = opening(transcript);
        assert_eq!(kept.segments.len(), 4 * LONGEST / 19 + 1);
    }

    #[test]
    fn a_long_text_is_known_by_its_beginning() {
        assert_eq!(label("short"), "short");
        assert_eq!(
            label(&"word ".repeat(20)),
            format!("{}…", ["word"; 8].join(" "))
        );
        assert_eq!(label(&"字".repeat(50)), format!("{}…", "字".repeat(40)));
    }
}
