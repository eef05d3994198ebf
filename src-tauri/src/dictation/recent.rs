//! The last dictations, for the tray.

use earmark_store::{Filter, ItemId, Origin, Stage};
use tauri::AppHandle;

use crate::contract::Failure;
use crate::desk::Room;
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
        let room = desk.room();
        let (found, has_last) = (room.recent_dictations(), room.last_done.is_some());
        drop(room);
        match found {
            Ok(recent) => {
                tray::list_dictations(app, &recent);
                tray::allow_copy(app, has_last);
            }
            Err(failure) => failure.log(),
        }
    }
}

impl Room {
    fn recent_dictations(&self) -> Result<Vec<Recent>, Failure> {
        let done = Filter {
            stages: vec![Stage::Done],
            origin: Some(Origin::Dictation),
            ..Filter::default()
        };
        let newest = self.store.list(&done, None, N_LOOKED_AT)?;
        let texts = newest
            .iter()
            .map(|item| Ok((item.id, self.dictated(item.id)?)));
        let texts: Vec<(ItemId, String)> = texts.collect::<Result<_, Failure>>()?;
        Ok(newest_of(texts))
    }

    /// Puts the text of a dictation on the clipboard.
    pub(crate) fn copy_dictation(&mut self, id: ItemId) -> Result<(), Failure> {
        let text = self.dictated(id)?;
        log::info(&format!("entry {} is copied", id.0));
        self.copy(text)
    }
}

/// The first of these that say something.
fn newest_of(texts: Vec<(ItemId, String)>) -> Vec<Recent> {
    let labelled = texts.into_iter().map(|(id, text)| Recent {
        id,
        label: label(&text),
    });
    labelled.filter(|it| !it.label.is_empty()).take(N).collect()
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
    use earmark_store::ItemId;

    use super::{N, label, newest_of};

    #[test]
    fn the_last_five_that_say_something_are_listed() {
        let texts = (0..9).map(|i| {
            (
                ItemId(i),
                if i == 1 { "\n" } else { "One\ntwo." }.to_owned(),
            )
        });
        let recent = newest_of(texts.collect());
        let ids: Vec<i64> = recent.iter().map(|it| it.id.0).collect();
        assert_eq!(ids, [0, 2, 3, 4, 5]);
        assert_eq!((recent.len(), recent[0].label.as_str()), (N, "One two."));
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
