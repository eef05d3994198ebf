//! Search finds the places in all transcripts where something was said.

use std::ops::Range;

use earmark_transcript::{Ms, Segment};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::item::{self, COLUMNS};
use crate::list::Conditions;
use crate::query::Query;
use crate::{Error, Filter, Item, ItemId, Store, plan, row, slot};

/// Characters of a snippet before its first match, at most.
const LEAD: usize = 40;

/// Characters of a snippet, at most.
const LONGEST: usize = 160;

/// A segment in which every term of a query stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The item it is of.
    pub item: ItemId,
    /// What people call the item.
    pub name: String,
    /// When the item was asked for.
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

/// A page of hits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The hits, those of the newest item first, within an item as they were spoken.
    pub hits: Vec<Hit>,
    /// Where the next page begins, when there is one.
    pub next: Option<Cursor>,
}

/// The place between two hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub i64);

impl Store {
    /// The segments that hold every term of a query, in items that a filter lets through; `limit`
    /// of them at most, from the place `after`. The newest item is the one that was
    /// [added](Self::add) last.
    ///
    /// White space separates terms; between double quotes it belongs to the term. Upper and lower
    /// case, full-width and plain letters are the same. A term stands anywhere in the text; only a
    /// term of one or two letters must begin a word where the script has words, so that `ai` is
    /// found in `AI` and `aim` but not in `said`. Nothing in a query is an error.
    pub fn search(
        &self,
        query: &str,
        filter: &Filter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Hits, Error> {
        let query = Query::parse(query);
        self.read(|connection| {
            let conditions = filter.conditions_but_text();
            let below = after.map_or(i64::MAX, |Cursor(id)| id);
            let limit = limit.clamp(1, 10_000);
            let mut ids = Vec::new();
            // The last item that a place was in, and whether the filter lets it through.
            let mut last = (0, false);
            plan::places(connection, &query, below, |id| {
                let item = slot::item_of(id);
                if last.0 != item {
                    last = (item, item_that(connection, &conditions, item)?.is_some());
                }
                if last.1 && id != slot::name_of(item) {
                    ids.push(id);
                }
                Ok(ids.len() <= limit)
            })?;
            let next = (ids.len() > limit).then(|| {
                ids.truncate(limit);
                Cursor(ids[limit - 1])
            });
            let hits = ids.into_iter().map(|id| hit(connection, id, &query));
            let hits = hits.collect::<rusqlite::Result<_>>()?;
            Ok(Hits { hits, next })
        })
    }

    /// The items in which every term of the filter's text stands, in one segment or in the name,
    /// newest first, `limit` of them at most, from the one after the item `after`; with their
    /// first `n_hits` places. Without a text it is the [list](Self::list).
    ///
    /// The index is read only as far as the page goes, however often the terms stand in it.
    pub fn find(
        &self,
        filter: &Filter,
        after: Option<ItemId>,
        limit: usize,
        n_hits: usize,
    ) -> Result<Vec<Found>, Error> {
        let query = Query::parse(&filter.text);
        if query.is_empty() {
            let items = self.list(filter, after, limit)?.into_iter();
            return Ok(items.map(Found::from).collect());
        }
        self.read(|connection| {
            let mut finder = Finder {
                connection,
                conditions: filter.conditions_but_text(),
                query: &query,
                n_hits,
                found: Vec::new(),
            };
            let below = after.map_or(i64::MAX, |after| slot::name_of(after.0));
            let mut places: Vec<i64> = Vec::new();
            plan::places(connection, &query, below, |id| {
                let is_next = |last: &i64| slot::item_of(*last) != slot::item_of(id);
                if places.last().is_some_and(is_next) {
                    finder.take(&places)?;
                    places.clear();
                }
                if finder.found.len() < limit {
                    places.push(id);
                }
                Ok(finder.found.len() < limit)
            })?;
            finder.take(&places)?;
            Ok(finder.found)
        })
    }
}

/// An item, and where in it something was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The item.
    pub item: Item,
    /// The first places, as they were spoken; none when only the name has the terms.
    pub hits: Vec<Hit>,
    /// How many places there are in all.
    pub n_hits: usize,
}

impl From<Item> for Found {
    fn from(item: Item) -> Self {
        Self {
            item,
            hits: Vec::new(),
            n_hits: 0,
        }
    }
}

/// Collects the items of a page.
struct Finder<'a> {
    connection: &'a Connection,
    conditions: Conditions,
    query: &'a Query,
    n_hits: usize,
    found: Vec<Found>,
}

impl Finder<'_> {
    /// Takes the places of one item in, unless its conditions are not met.
    fn take(&mut self, places: &[i64]) -> rusqlite::Result<()> {
        let Some(item) = places.first().map(|&id| slot::item_of(id)) else {
            return Ok(());
        };
        let Some(item) = item_that(self.connection, &self.conditions, item)? else {
            return Ok(());
        };
        let name = slot::name_of(item.id.0);
        let said = || places.iter().filter(|id| **id != name);
        let hits = said().take(self.n_hits);
        let hits = hits.map(|&id| hit(self.connection, id, self.query));
        self.found.push(Found {
            hits: hits.collect::<rusqlite::Result<_>>()?,
            n_hits: said().count(),
            item,
        });
        Ok(())
    }
}

/// An item, when it meets these conditions.
fn item_that(
    connection: &Connection,
    conditions: &Conditions,
    item: i64,
) -> rusqlite::Result<Option<Item>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM item i WHERE i.id = ? {}",
        conditions.sql("AND")
    );
    let mut values = vec![Value::Integer(item)];
    values.extend(conditions.values.iter().cloned());
    let mut statement = connection.prepare_cached(&sql)?;
    let row = statement.query_row(params_from_iter(&values), item::read);
    row.optional()
}

fn hit(connection: &Connection, id: i64, query: &Query) -> rusqlite::Result<Hit> {
    let segment = connection
        .prepare_cached(&format!("{} WHERE id = ?1", row::SELECT))?
        .query_row([id], |row| Ok(row::read(row)?.0))?;
    let item = slot::item_of(id);
    let (name, created) = connection
        .prepare_cached("SELECT name, created_ms FROM item WHERE id = ?1")?
        .query_row([item], |row| Ok((row.get(0)?, item::created(row, 1)?)))?;
    // The index on `item` holds the ids, and nothing of the rows has to be read.
    let n_before: u32 = connection
        .prepare_cached("SELECT count(*) FROM segment WHERE item = ?1 AND id > ?2")?
        .query_row([item, id], |row| row.get(0))?;
    let matches = query.matches(&segment.text);
    let (start, end) = times(&segment, matches.first());
    let (snippet, matches) = cut(&segment.text, &matches);
    Ok(Hit {
        item: ItemId(item),
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

/// The text around the first match, and the matches that are in it.
fn cut(text: &str, matches: &[Range<usize>]) -> (String, Vec<Range<usize>>) {
    let first = matches.first().map_or(0, |found| found.start);
    let is_short = text.char_indices().nth(LONGEST).is_none();
    let start = match text[..first].char_indices().rev().nth(LEAD - 1) {
        Some((start, _)) if !is_short => start,
        _ => 0,
    };
    let end = text[start..].char_indices().nth(LONGEST);
    let end = end.map_or(text.len(), |(length, _)| start + length);
    let lead = if start > 0 { "…" } else { "" };
    let tail = if end < text.len() { "…" } else { "" };
    let here = |at: usize| at.clamp(start, end) - start + lead.len();
    let matches = matches
        .iter()
        .map(|found| here(found.start)..here(found.end))
        .filter(|found| !found.is_empty())
        .collect();
    (format!("{lead}{}{tail}", &text[start..end]), matches)
}

#[cfg(test)]
mod tests {
    use earmark_transcript::{Ms, Segment, Timing, Word};

    use super::{cut, times};

    #[test]
    fn a_long_text_is_cut_around_the_first_match() {
        let check = |n_before: usize, n_after: usize, expected: (bool, bool)| {
            let text = format!("{}目标{}", "前".repeat(n_before), "后".repeat(n_after));
            let first = n_before * 3;
            let (snippet, matches) = cut(&text, std::slice::from_ref(&(first..first + 6)));
            assert_eq!(&snippet[matches[0].clone()], "目标");
            assert_eq!((snippet.starts_with('…'), snippet.ends_with('…')), expected);
            assert!(snippet.chars().count() <= 162);
        };
        check(3, 3, (false, false));
        check(100, 20, (false, false));
        check(10, 500, (false, true));
        check(500, 10, (true, false));
        check(500, 500, (true, true));
        check(40, 118, (false, false));
        check(40, 119, (false, true));
    }

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
