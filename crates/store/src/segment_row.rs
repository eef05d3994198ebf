//! A row is a segment in the database.

use earmark_transcript::{Ms, Segment, Timing};
use rusqlite::{Connection, Row, params};

use crate::entry::named;
use crate::error::Fault;
use crate::search::ngram_index;
use crate::{EntryId, packed_words};

/// A segment as it lies in its row.
pub(crate) struct Columns {
    start: u32,
    end: u32,
    text: String,
    language: String,
    timing: &'static str,
    speaker: Option<String>,
    words: Vec<u8>,
}

/// Selects the columns that [`read`] and [`columns`] read.
pub(crate) const SELECT: &str =
    "SELECT start_ms, end_ms, text, language, timing, speaker, words FROM segment";

impl Columns {
    /// The columns of a segment.
    pub(crate) fn of(segment: &Segment) -> Self {
        Self {
            start: segment.start.0,
            end: segment.end.0,
            text: segment.text.clone(),
            language: segment.language.clone(),
            timing: segment.timing.name(),
            speaker: segment.speaker.clone(),
            words: packed_words::pack(&segment.text, &segment.words),
        }
    }
}

/// Reads the columns as they are.
pub(crate) fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok(Columns {
        start: row.get(0)?,
        end: row.get(1)?,
        text: row.get(2)?,
        language: row.get(3)?,
        timing: named(row, 4, Timing::find)?.name(),
        speaker: row.get(5)?,
        words: row.get(6)?,
    })
}

/// Writes a segment under an id of its entry, over what is there, and puts it into the index.
pub(crate) fn put(
    connection: &Connection,
    id: EntryId,
    segment: i64,
    new: &Segment,
) -> Result<(), Fault> {
    put_columns(connection, id, segment, &Columns::of(new))
}

/// The same for a segment that was read as columns.
pub(crate) fn put_columns(
    connection: &Connection,
    id: EntryId,
    segment: i64,
    row: &Columns,
) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO segment (id, item, start_ms, end_ms, text, language, timing, \
             speaker, words) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            segment,
            id.0,
            row.start,
            row.end,
            row.text,
            row.language,
            row.timing,
            row.speaker,
            row.words,
        ])?;
    Ok(ngram_index::put(connection, segment, &row.text)?)
}

/// The segments of an entry, in order; words that are damaged are left out with a warning.
pub(crate) fn load(
    connection: &Connection,
    id: EntryId,
    warnings: &mut Vec<String>,
) -> rusqlite::Result<Vec<Segment>> {
    let mut statement =
        connection.prepare_cached(&format!("{SELECT} WHERE item = ?1 ORDER BY id DESC"))?;
    let mut rows = statement.query([id.0])?;
    let mut segments = Vec::new();
    while let Some(row) = rows.next()? {
        let (segment, is_whole) = read(row)?;
        if !is_whole {
            let at = segment.start;
            warnings.push(format!(
                "the times of the words at {at} are damaged and were left out"
            ));
        }
        segments.push(segment);
    }
    Ok(segments)
}

/// Reads a segment, and whether its words could be read.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<(Segment, bool)> {
    let text: String = row.get(2)?;
    let words = packed_words::unpack(&text, row.get_ref(6)?.as_blob()?);
    let is_whole = words.is_some();
    let segment = Segment {
        start: Ms(row.get(0)?),
        end: Ms(row.get(1)?),
        text,
        language: row.get(3)?,
        timing: named(row, 4, Timing::find)?,
        speaker: row.get(5)?,
        words: words.unwrap_or_default(),
    };
    Ok((segment, is_whole))
}
