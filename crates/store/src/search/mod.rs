//! Search finds the places in all transcripts where something was said.

mod find;
mod hit;
pub(crate) mod ngram_index;
mod normalise;
pub(crate) mod query;
mod query_plan;
mod snippet;

use crate::list::entry_that;
use crate::{Error, Filter, Store, segment_id};
use query::Query;

pub use find::Found;
pub use hit::Hit;

/// A page of hits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The hits, those of the newest entry first, within an entry as they were spoken.
    pub hits: Vec<Hit>,
    /// Where the next page begins, when there is one.
    pub next: Option<Cursor>,
}

/// The place between two hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub i64);

impl Store {
    /// The segments that hold every term of a query, in entries that a filter lets through; `limit`
    /// of them at most, from the place `after`. The newest entry is the one that was
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
            // The last entry that a place was in, and whether the filter lets it through.
            let mut last = (0, false);
            query_plan::places(connection, &query, below, |id| {
                let entry = segment_id::entry_of(id);
                if last.0 != entry {
                    last = (entry, entry_that(connection, &conditions, entry)?.is_some());
                }
                if last.1 && id != segment_id::name_of(entry) {
                    ids.push(id);
                }
                Ok(ids.len() <= limit)
            })?;
            let next = (ids.len() > limit).then(|| {
                ids.truncate(limit);
                Cursor(ids[limit - 1])
            });
            let hits = ids.into_iter().map(|id| hit::hit(connection, id, &query));
            let hits = hits.collect::<rusqlite::Result<_>>()?;
            Ok(Hits { hits, next })
        })
    }
}
