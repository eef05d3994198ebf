//! A hit is a segment in which every term of a query stands.

use std::ops::Range;

use earmark_transcript::{Ms, Segment};
use jiff::Timestamp;
use rusqlite::Connection;

use super::query::Query;
use super::snippet;
use crate::{EntryId, entry, segment_id, segment_row};

/// A segment in which every term of a query stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The entry it is of.
    pub entry: EntryId,
    /// What people call the entry.
    pub name: String,
    /// When the entry was asked for.
    pub created: Timestamp,
    /// The number of the segment in its transcript, from 0.
    pub segment: usize,
    /// Start of the first match; of the segment, when its words are not known.
    pub start: Ms,
    /// End of the first match; of the segment, when its words are not known.
    pub end: Ms,
    /// The text around the first match; `…` stands where it was cut.
    pub snippet: String,
    /// Where the terms stand in the snippet, in order. Units: bytes.
    pub matches: Vec<Range<usize>>,
}

/// The hit in the segment with this id.
pub(super) fn hit(connection: &Connection, id: i64, query: &Query) -> rusqlite::Result<Hit> {
    let segment = connection
        .prepare_cached(&format!("{} WHERE id = ?1", segment_row::SELECT))?
        .query_row([id], |row| Ok(segment_row::read(row)?.0))?;
    let entry = segment_id::entry_of(id);
    let (name, created) = connection
        .prepare_cached("SELECT name, created_ms FROM item WHERE id = ?1")?
        .query_row([entry], |row| Ok((row.get(0)?, entry::created(row, 1)?)))?;
    // The index on `item` holds the ids, and nothing of the rows has to be read.
    let n_before: u32 = connection
        .prepare_cached("SELECT count(*) FROM segment WHERE item = ?1 AND id > ?2")?
        .query_row([entry, id], |row| row.get(0))?;
    let matches = query.matches(&segment.text);
    let (start, end) = times(&segment, matches.first());
    let (snippet, matches) = snippet::cut(&segment.text, &matches);
    Ok(Hit {
        entry: EntryId(entry),
        name,
        created,
        segment: n_before as usize,
        start,
        end,
        snippet,
        matches,
    })
}

/// When the words that a match touches were spoken.
fn times(segment: &Segment, found: Option<&Range<usize>>) -> (Ms, Ms) {
    let mut at = 0;
    let mut times = None;
    for word in &segment.words {
        let Some(skipped) = segment.text[at..].find(&word.text) else {
            continue;
        };
        let start = at + skipped;
        at = start + word.text.len();
        if found.is_some_and(|found| start < found.end && found.start < at) {
            times = Some((times.map_or(word.start, |(start, _)| start), word.end));
        }
    }
    times.unwrap_or((segment.start, segment.end))
}

#[cfg(test)]
mod tests {
    use earmark_transcript::{Ms, Segment, Timing, Word};

    use super::times;

    #[test]
    fn a_match_is_as_long_as_the_words_it_touches() {
        let word = |text: &str, start| Word {
            text: text.into(),
            start: Ms(start),
            end: Ms(start + 10),
            probability: 1.0,
            quality: None,
        };
        let segment = Segment {
            start: Ms(0),
            end: Ms(99),
            text: "to be, or not to be".into(),
            language: "English".into(),
            timing: Timing::Aligned,
            speaker: None,
            words: vec![
                word("to", 10),
                word("be,", 20),
                word("or", 30),
                word("not", 40),
            ],
        };
        assert_eq!(times(&segment, Some(&(4..9))), (Ms(20), Ms(40)));
        assert_eq!(times(&segment, Some(&(17..19))), (Ms(0), Ms(99)));
        assert_eq!(times(&segment, None), (Ms(0), Ms(99)));
    }
}
