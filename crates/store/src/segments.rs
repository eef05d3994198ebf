//! The segments of an entry: added as they are recognised, edited, and read back.

use std::ops::Range;

use earmark_transcript::{Ms, Segment, Transcript, join};
use rusqlite::{Connection, OptionalExtension, params};

use crate::entries::{change, set_state};
use crate::error::Fault;
use crate::search::ngram_index;
use crate::segment_row::{Columns, load, put, put_columns};
use crate::{EntryId, Error, State, Store, packed_words, segment_id, segment_row};

impl Store {
    /// Adds segments behind those that are there, together with how far the recording is recognised
    /// now. They stay whatever happens to the process afterwards.
    ///
    /// Errors: [`Error::NoEntry`], [`Error::TooLong`].
    pub fn append_segments(
        &mut self,
        id: EntryId,
        segments: &[Segment],
        recognised_until: Ms,
    ) -> Result<(), Error> {
        self.write(|transaction| {
            let sql = "UPDATE item SET heard_until_ms = max(heard_until_ms, ?2) WHERE id = ?1";
            change(transaction, id, sql, params![id.0, recognised_until.0])?;
            let len = ids(transaction, id)?.len();
            splice(transaction, id, len..len, segments)
        })
    }

    /// Adds what a reader should know behind what is there, once.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn append_warnings(&mut self, id: EntryId, warnings: &[String]) -> Result<(), Error> {
        if warnings.is_empty() {
            return Ok(());
        }
        self.write(|transaction| {
            let mut sql = transaction.prepare_cached("SELECT warnings FROM item WHERE id = ?1")?;
            let kept: Option<String> = sql.query_row([id.0], |row| row.get(0)).optional()?;
            let kept = kept.ok_or(Error::NoEntry { id: id.0 })?;
            let mut all: Vec<String> = serde_json::from_str(&kept).unwrap_or_default();
            for warning in warnings {
                if !all.contains(warning) {
                    all.push(warning.clone());
                }
            }
            let all = serde_json::Value::from(all).to_string();
            let sql = "UPDATE item SET warnings = ?2 WHERE id = ?1";
            change(transaction, id, sql, params![id.0, all])
        })
    }

    /// Writes the transcript of an entry that was recognised to its end.
    ///
    /// Errors: [`Error::NoEntry`], [`Error::TooLong`].
    pub fn finish(&mut self, id: EntryId, transcript: &Transcript) -> Result<(), Error> {
        self.write(|transaction| {
            replace(transaction, id, transcript)?;
            let sql = "UPDATE item SET heard_until_ms = coalesce(duration_ms, 0) WHERE id = ?1";
            change(transaction, id, sql, params![id.0])?;
            set_state(transaction, id, &State::Done)
        })
    }

    /// Puts other segments in the place of those in `range`: one for one is an edit, one for two
    /// is a merge, two for one a split, none a deletion, an empty range an insertion. The others are
    /// untouched. The first change of an entry keeps what was [recognised](Self::recognised).
    ///
    /// Errors: [`Error::NoEntry`], [`Error::NoSegment`], [`Error::TooLong`].
    pub fn replace_segments(
        &mut self,
        id: EntryId,
        range: Range<usize>,
        with: &[Segment],
    ) -> Result<(), Error> {
        self.write(|transaction| {
            keep_recognised(transaction, id)?;
            splice(transaction, id, range, with)
        })
    }

    /// Puts another transcript in the place of the one that is there; only what differs is
    /// written. The first change of an entry keeps what was [recognised](Self::recognised).
    ///
    /// The text and the language of a transcript are those of its segments, see
    /// [`Transcript::assemble`], and are not kept beside them.
    ///
    /// Errors: [`Error::NoEntry`], [`Error::TooLong`].
    pub fn save_transcript(&mut self, id: EntryId, transcript: &Transcript) -> Result<(), Error> {
        self.write(|transaction| {
            keep_recognised(transaction, id)?;
            replace(transaction, id, transcript)
        })
    }

    /// Calls a speaker otherwise in the whole entry, and gives the number of segments it changed.
    pub fn rename_speaker(&mut self, id: EntryId, from: &str, to: &str) -> Result<usize, Error> {
        self.write(|transaction| {
            Ok(transaction
                .prepare_cached("UPDATE segment SET speaker = ?3 WHERE item = ?1 AND speaker = ?2")?
                .execute(params![id.0, from, to])?)
        })
    }

    /// Forgets every segment of an entry, so that it can be recognised again from the beginning. What
    /// was changed by hand is gone with them; the entry waits.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn start_over(&mut self, id: EntryId) -> Result<(), Error> {
        self.write(|transaction| {
            set_state(transaction, id, &State::Waiting)?;
            let len = ids(transaction, id)?.len();
            splice(transaction, id, 0..len, &[])?;
            transaction.execute("DELETE FROM heard WHERE item = ?1", [id.0])?;
            transaction.execute(
                "UPDATE item SET heard_until_ms = 0, warnings = '[]' WHERE id = ?1",
                [id.0],
            )?;
            Ok(())
        })
    }

    /// The transcript of an entry as it is now. Words that are damaged are left out, and a warning
    /// in the transcript says so.
    ///
    /// Errors: [`Error::NoEntry`].
    pub fn transcript(&self, id: EntryId) -> Result<Transcript, Error> {
        self.read(|connection| {
            let head = connection
                .prepare_cached(
                    "SELECT coalesce(duration_ms, 0), warnings FROM item WHERE id = ?1",
                )?
                .query_row([id.0], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
                .optional()?;
            let (duration, warnings) = head.ok_or(Error::NoEntry { id: id.0 })?;
            let mut warnings: Vec<String> = serde_json::from_str(&warnings).unwrap_or_default();
            let segments = load(connection, id, &mut warnings)?;
            Ok(Transcript::assemble(Ms(duration), segments, warnings))
        })
    }

    /// The text as it was first recognised, when it was changed since.
    pub fn recognised(&self, id: EntryId) -> Result<Option<String>, Error> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached("SELECT text FROM heard WHERE item = ?1")?
                .query_row([id.0], |row| row.get(0))
                .optional()?)
        })
    }
}

/// The ids of the segments of an entry, in order.
fn ids(connection: &Connection, id: EntryId) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached("SELECT id FROM segment WHERE item = ?1 ORDER BY id DESC")?
        .query_map([id.0], |row| row.get(0))?
        .collect()
}

fn keep_recognised(connection: &Connection, id: EntryId) -> Result<(), Fault> {
    let mut kept = connection.prepare_cached("SELECT 1 FROM heard WHERE item = ?1")?;
    if kept.exists([id.0])? {
        return Ok(());
    }
    let texts: Vec<String> = connection
        .prepare_cached("SELECT text FROM segment WHERE item = ?1 ORDER BY id DESC")?
        .query_map([id.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if texts.is_empty() {
        return Ok(());
    }
    connection
        .prepare_cached("INSERT INTO heard (item, text) VALUES (?1, ?2)")?
        .execute(params![id.0, join(texts.iter().map(String::as_str))])?;
    Ok(())
}

/// Writes what differs between the transcript that is there and another.
fn replace(connection: &Connection, id: EntryId, transcript: &Transcript) -> Result<(), Fault> {
    let warnings = serde_json::Value::from(transcript.warnings.clone()).to_string();
    change(
        connection,
        id,
        "UPDATE item SET duration_ms = nullif(?2, 0), warnings = ?3 WHERE id = ?1",
        params![id.0, transcript.duration.0, warnings],
    )?;
    let (old, new) = (load(connection, id, &mut Vec::new())?, &transcript.segments);
    let same = |(left, right): &(&Segment, &Segment)| left == right;
    let start = old.iter().zip(new).take_while(same).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(same)
        .count();
    let range = start..old.len() - end;
    splice(connection, id, range, &new_rest[..new_rest.len() - end])
}

/// Writes in the order of rising ids, the last segment first: that fills the pages of the table,
/// and lets the index take many texts in one go.
fn splice(
    connection: &Connection,
    id: EntryId,
    range: Range<usize>,
    with: &[Segment],
) -> Result<(), Fault> {
    let known = languages(connection, id)?;
    let all = ids(connection, id)?;
    let Some(old) = all.get(range.clone()) else {
        let (entry, len) = (id.0, all.len());
        let Range { start, end } = range;
        return Err(Error::NoSegment {
            entry,
            start,
            end,
            len,
        }
        .into());
    };
    count_words(connection, id, old, with)?;
    let mut is_same = with.iter().all(|new| is_among(&known, &new.language));
    for segment in old {
        let language: String = connection
            .prepare_cached("SELECT language FROM segment WHERE id = ?1")?
            .query_row([segment], |row| row.get(0))?;
        is_same &= with.iter().any(|new| new.language == language);
    }
    let n_segments = all.len() - old.len() + with.len();
    if n_segments > segment_id::MOST {
        return Err(Error::TooLong { n_segments }.into());
    }
    let n_same = old.len().min(with.len());
    for (&segment, new) in old.iter().zip(with).rev() {
        put(connection, id, segment, new)?;
    }
    for &segment in old[n_same..].iter().rev() {
        ngram_index::remove(connection, segment)?;
        connection
            .prepare_cached("DELETE FROM segment WHERE id = ?1")?
            .execute([segment])?;
    }
    let more = &with[n_same..];
    let before = (range.start + n_same).checked_sub(1).map(|at| all[at]);
    let after = all.get(range.end).copied();
    match segment_id::between(id.0, before, after, more.len()) {
        Some(new) => {
            for (segment, new) in new.into_iter().zip(more).rev() {
                put(connection, id, segment, new)?;
            }
        }
        None => respread(connection, id, range.start + n_same, more)?,
    }
    if is_same {
        return Ok(());
    }
    // This reads the whole entry, so it is done only when a language has come or gone.
    let sql = "UPDATE item SET languages = coalesce((SELECT group_concat(DISTINCT language) \
        FROM segment WHERE item = ?1 AND language <> ''), '') WHERE id = ?1";
    change(connection, id, sql, params![id.0])
}

/// Keeps the number of words of an entry right when some segments go and others come.
fn count_words(
    connection: &Connection,
    id: EntryId,
    old: &[i64],
    new: &[Segment],
) -> Result<(), Fault> {
    let mut change: i64 = new.iter().map(|segment| segment.words.len() as i64).sum();
    for segment in old {
        change -= connection
            .prepare_cached("SELECT words FROM segment WHERE id = ?1")?
            .query_row([segment], |row| {
                Ok(packed_words::count(row.get_ref(0)?.as_blob()?).unwrap_or_default() as i64)
            })?;
    }
    connection
        .prepare_cached("UPDATE item SET n_words = max(0, n_words + ?2) WHERE id = ?1")?
        .execute(params![id.0, change])?;
    Ok(())
}

/// The languages of an entry, comma-joined.
fn languages(connection: &Connection, id: EntryId) -> Result<String, Fault> {
    let found = connection
        .prepare_cached("SELECT languages FROM item WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(found.ok_or(Error::NoEntry { id: id.0 })?)
}

fn is_among(languages: &str, language: &str) -> bool {
    language.is_empty() || languages.split(',').any(|one| one == language)
}

/// Gives every segment of an entry a new id, with `more` put in at `at`.
fn respread(
    connection: &Connection,
    id: EntryId,
    at: usize,
    more: &[Segment],
) -> Result<(), Fault> {
    // Damaged words stay as they are: the columns are moved, not the segments.
    let mut rows: Vec<Columns> = connection
        .prepare_cached(&format!(
            "{} WHERE item = ?1 ORDER BY id DESC",
            segment_row::SELECT
        ))?
        .query_map([id.0], segment_row::columns)?
        .collect::<rusqlite::Result<_>>()?;
    for segment in ids(connection, id)? {
        ngram_index::remove(connection, segment)?;
    }
    connection.execute("DELETE FROM segment WHERE item = ?1", [id.0])?;
    rows.splice(at..at, more.iter().map(Columns::of));
    for (segment, row) in segment_id::spread(id.0, rows.len())
        .into_iter()
        .zip(&rows)
        .rev()
    {
        put_columns(connection, id, segment, row)?;
    }
    Ok(())
}
