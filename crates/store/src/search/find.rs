//! Finding the entries in which something was said, page by page.

use rusqlite::Connection;

use super::hit::{Hit, hit};
use super::query::Query;
use super::query_plan;
use crate::list::{Conditions, entry_that};
use crate::{Entry, EntryId, Error, Filter, Store, segment_id};

/// An entry, and where in it something was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The entry.
    pub entry: Entry,
    /// The first places, as they were spoken; none when only the name has the terms.
    pub hits: Vec<Hit>,
    /// How many places there are in all.
    pub n_hits: usize,
}

impl From<Entry> for Found {
    fn from(entry: Entry) -> Self {
        Self {
            entry,
            hits: Vec::new(),
            n_hits: 0,
        }
    }
}

impl Store {
    /// The entries in which every term of the filter's text stands, in one segment or in the name,
    /// newest first, `limit` of them at most, from the one after the entry `after`; with their
    /// first `n_hits` places. Without a text it is the [list](Self::list).
    ///
    /// The index is read only as far as the page goes, however often the terms stand in it.
    pub fn find(
        &self,
        filter: &Filter,
        after: Option<EntryId>,
        limit: usize,
        n_hits: usize,
    ) -> Result<Vec<Found>, Error> {
        let query = Query::parse(&filter.text);
        if query.is_empty() {
            let entries = self.list(filter, after, limit)?.into_iter();
            return Ok(entries.map(Found::from).collect());
        }
        self.read(|connection| {
            let mut finder = Finder {
                connection,
                conditions: filter.conditions_but_text(),
                query: &query,
                n_hits,
                found: Vec::new(),
            };
            let below = after.map_or(i64::MAX, |after| segment_id::name_of(after.0));
            let mut places: Vec<i64> = Vec::new();
            query_plan::places(connection, &query, below, |id| {
                let is_next = |last: &i64| segment_id::entry_of(*last) != segment_id::entry_of(id);
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

/// Collects the entries of a page.
struct Finder<'a> {
    connection: &'a Connection,
    conditions: Conditions,
    query: &'a Query,
    n_hits: usize,
    found: Vec<Found>,
}

impl Finder<'_> {
    /// Takes the places of one entry in, unless its conditions are not met.
    fn take(&mut self, places: &[i64]) -> rusqlite::Result<()> {
        let Some(entry) = places.first().map(|&id| segment_id::entry_of(id)) else {
            return Ok(());
        };
        let Some(entry) = entry_that(self.connection, &self.conditions, entry)? else {
            return Ok(());
        };
        let name = segment_id::name_of(entry.id.0);
        let said = || places.iter().filter(|id| **id != name);
        let hits = said().take(self.n_hits);
        let hits = hits.map(|&id| hit(self.connection, id, self.query));
        self.found.push(Found {
            hits: hits.collect::<rusqlite::Result<_>>()?,
            n_hits: said().count(),
            entry,
        });
        Ok(())
    }
}
