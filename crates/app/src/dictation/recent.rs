//! Recent dictations: the last ones that say something, to be copied once more.

use earmark_store::{Entry, EntryId, Filter, Origin, Stage, State};
use earmark_transcript::{Segment, Transcript};

use super::text;
use crate::api::Failure;
use crate::entries::Entries;
use crate::entry_view::kept;
use crate::events::Events;
use crate::history::History;

/// As many as can be told apart at a glance.
const N: usize = 5;

/// How far back they are looked for; some say nothing.
const N_LOOKED_AT: usize = 20;

/// How much of a text is shown. Units: characters.
const LONGEST: usize = 40;

/// A dictation, to be chosen by its beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct RecentDictation {
    /// Its entry.
    pub id: EntryId,
    /// The beginning of its text, in one line.
    pub label: String,
}

/// The last dictations that say something. One whose text cannot be read is set aside, and the page is
/// told.
pub(crate) fn recent(
    history: &History,
    entries: &Entries,
    events: &Events,
    has_marks: bool,
) -> Result<Vec<RecentDictation>, Failure> {
    let done = Filter {
        stages: vec![Stage::Done],
        origins: vec![Origin::Dictation],
        ..Filter::default()
    };
    let newest = history.read(|store| store.list(&done, None, N_LOOKED_AT))?;
    let mut found = Vec::new();
    for Entry { id, asked, .. } in newest {
        let label = match history.read(|store| store.transcript(id)) {
            Ok(transcript) => label(&text::said(&opening(transcript), has_marks)),
            Err(failure) => {
                set_aside(history, entries, id, &asked.name, &failure);
                events.trouble(failure);
                continue;
            }
        };
        if !label.is_empty() {
            found.push(RecentDictation { id, label });
        }
        if found.len() == N {
            break;
        }
    }
    Ok(found)
}

/// Marks an entry whose text cannot be read as failed, so that nothing stumbles over it again.
fn set_aside(history: &History, entries: &Entries, id: EntryId, name: &str, failure: &Failure) {
    let message = format!(
        "`{name}` cannot be read and was set aside: {}",
        failure.message
    );
    let failed = kept(&Failure::new(failure.code, message));
    let entries = entries.clone();
    history.write_later(move |store| {
        store.set_state(id, &State::Failed(failed))?;
        entries.publish(store, id);
        Ok(())
    });
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
