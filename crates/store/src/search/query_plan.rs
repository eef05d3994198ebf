//! A query plan says which n-grams the index is asked for, and whether the texts are read as well.
//!
//! The phrase of all n-grams of a term is exact, but it makes SQLite read the posting list of every
//! n-gram, and those of `the` or `ing` name a third of all segments. So each list is sampled at its
//! newest end, the index is asked for the rarest alone, and the text of each segment that it names
//! is compared with the query. Where that finds nothing too often, the exact phrase goes on.

use std::collections::BTreeSet;

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use unicode_normalization::UnicodeNormalization;

use crate::search::query::Query;
use crate::segment_id;

/// Places that are read of a list to tell how rare it is.
const N_SAMPLED: usize = 128;

/// Lists that are sampled, at most.
const MOST_SAMPLED: usize = 24;

/// Lists that are asked for when texts are looked at.
const N_ASKED: usize = 3;

/// Texts that are looked at in vain before the exact phrase is asked: 10 ms or so.
const MOST_IN_VAIN: usize = 1000;

/// How the index is asked.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    /// A gram of the query stands nowhere.
    Nothing,
    /// For the whole query; what it names is right.
    Exactly,
    /// For these grams; the text of what they share says whether it is right.
    Rarest(String),
}

/// Hands the places of a query over, the newest first, those below an id only, until `take` wants
/// no more of them. A place is the id of a segment or of the name of an entry.
pub(crate) fn places(
    connection: &Connection,
    query: &Query,
    below: i64,
    take: impl FnMut(i64) -> rusqlite::Result<bool>,
) -> rusqlite::Result<()> {
    follow(connection, query, below, MOST_IN_VAIN, take)
}

fn follow(
    connection: &Connection,
    query: &Query,
    mut below: i64,
    most_in_vain: usize,
    mut take: impl FnMut(i64) -> rusqlite::Result<bool>,
) -> rusqlite::Result<()> {
    let Some(exact) = query.expression() else {
        return Ok(());
    };
    let rarest = match plan(connection, query, below)? {
        Plan::Nothing => return Ok(()),
        Plan::Exactly => None,
        Plan::Rarest(grams) => Some(grams),
    };
    if let Some(rarest) = rarest {
        let mut n_in_vain = 0;
        let mut statement = asked(connection)?;
        let mut rows = statement.query(params![rarest, below, -1])?;
        loop {
            let Some(row) = rows.next()? else {
                return Ok(());
            };
            let id = row.get(0)?;
            if text(connection, id)?.is_some_and(|text| query.holds(&text)) {
                if !take(id)? {
                    return Ok(());
                }
            } else if n_in_vain < most_in_vain {
                n_in_vain += 1;
            } else {
                below = id;
                break;
            }
        }
    }
    let mut statement = asked(connection)?;
    let mut rows = statement.query(params![exact, below, -1])?;
    while let Some(row) = rows.next()? {
        if !take(row.get(0)?)? {
            break;
        }
    }
    Ok(())
}

/// The places that an expression names, in falling order.
fn asked(connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    connection.prepare_cached(
        "SELECT rowid FROM grams WHERE grams MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
    )
}

fn plan(connection: &Connection, query: &Query, below: i64) -> rusqlite::Result<Plan> {
    let grams: Vec<String> = query.grams().into_iter().collect();
    if grams.len() <= N_ASKED {
        return Ok(Plan::Exactly);
    }
    // Those that are left out of a very long query are as good as those that are not.
    let step = grams.len().div_ceil(MOST_SAMPLED);
    let mut sampled = BTreeSet::new();
    for gram in grams.iter().step_by(step) {
        let rareness = rareness(connection, gram, below)?;
        if rareness == (0, 0) {
            return Ok(Plan::Nothing);
        }
        sampled.insert((rareness, gram));
    }
    // A list that is short needs no others.
    let is_short = |rareness: &(usize, i64)| rareness.0 < N_SAMPLED;
    let n = match sampled.first() {
        Some((rareness, _)) if is_short(rareness) => 1,
        _ => N_ASKED,
    };
    let asked: Vec<&str> = sampled
        .iter()
        .map(|(_, gram)| gram.as_str())
        .take(n)
        .collect();
    Ok(Plan::Rarest(asked.join(" AND ")))
}

/// How many places are in a sample of a gram, and how far back the last of them lies; the less,
/// the rarer.
fn rareness(connection: &Connection, gram: &str, below: i64) -> rusqlite::Result<(usize, i64)> {
    let mut statement = asked(connection)?;
    let mut rows = statement.query(params![gram, below, N_SAMPLED as i64])?;
    let (mut n, mut last) = (0, 0);
    while let Some(row) = rows.next()? {
        n += 1;
        last = row.get(0)?;
    }
    Ok((n, last))
}

/// The text that the index has under an id.
fn text(connection: &Connection, id: i64) -> rusqlite::Result<Option<String>> {
    let entry = segment_id::entry_of(id);
    if id != segment_id::name_of(entry) {
        return connection
            .prepare_cached("SELECT text FROM segment WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional();
    }
    let name: Option<String> = connection
        .prepare_cached("SELECT name FROM item WHERE id = ?1")?
        .query_row([entry], |row| row.get(0))
        .optional()?;
    Ok(name.map(|name| name.nfc().collect()))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{MOST_IN_VAIN, N_SAMPLED, Plan, follow, plan};
    use crate::search::ngram_index;
    use crate::search::query::Query;
    use crate::{schema, segment_id};

    /// An index of one entry with these texts.
    fn index<'a>(texts: impl IntoIterator<Item = &'a str>) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection, 0).unwrap();
        connection
            .execute_batch(
                "INSERT INTO item (id, created_ms, source, name, origin, model, context, state) \
                 VALUES (1, 0, '', 'name', 'file', '', '', 'done')",
            )
            .unwrap();
        ngram_index::put_name(&connection, segment_id::name_of(1), "name").unwrap();
        for (id, text) in (segment_id::name_of(1) + 1..).zip(texts) {
            let sql = "INSERT INTO segment (id, item, start_ms, end_ms, text, language, timing, \
                words) VALUES (?1, 1, 0, 0, ?2, '', 'piece', x'')";
            connection.execute(sql, (id, text)).unwrap();
            ngram_index::put(&connection, id, text).unwrap();
        }
        connection
    }

    fn found(connection: &Connection, query: &str, most_in_vain: usize) -> Vec<i64> {
        let mut found = Vec::new();
        let query = Query::parse(query);
        follow(connection, &query, i64::MAX, most_in_vain, |id| {
            found.push(id - segment_id::name_of(1));
            Ok(true)
        })
        .unwrap();
        found
    }

    #[test]
    fn the_rarest_lists_are_asked_for() {
        let common = ["abcdef ghi"; N_SAMPLED + 1];
        let connection = index(common.into_iter().chain(["abcdxy cdefgh"]));
        let check = |query: &str, expected: Plan| {
            let query = Query::parse(query);
            assert_eq!(plan(&connection, &query, i64::MAX).unwrap(), expected);
        };
        check("abc", Plan::Exactly);
        check("abcde", Plan::Exactly);
        check("abcdef ghz", Plan::Nothing);
        check("abcdefgh", Plan::Rarest("\"efg \"".into()));
        let three = "\"def \" AND \"bcd \" AND \"abc \"";
        let Plan::Rarest(asked) = plan(&connection, &Query::parse("abcdef"), i64::MAX).unwrap()
        else {
            panic!("none is short");
        };
        assert_eq!(asked.len(), three.len());
    }

    #[test]
    fn both_ways_find_the_same() {
        let texts = [
            "one two three four",
            "four three two one",
            "one two three",
            "two three four five",
        ];
        let texts: Vec<&str> = texts.into_iter().cycle().take(900).collect();
        let connection = index(texts.iter().copied());
        for query in [
            "\"two three four\"",
            "\"three two\"",
            "three five",
            "\"four five\" two",
        ] {
            let expected: Vec<i64> = (1..)
                .zip(&texts)
                .filter(|(_, text)| Query::parse(query).holds(text))
                .map(|(id, _)| id)
                .collect();
            let expected: Vec<i64> = expected.into_iter().rev().collect();
            assert!(!expected.is_empty());
            for most_in_vain in [0, 1, 7, MOST_IN_VAIN] {
                assert_eq!(found(&connection, query, most_in_vain), expected, "{query}");
            }
        }
        assert!(found(&connection, "\"five four\"", 3).is_empty());
        assert_eq!(found(&connection, "\"name\"", 3), [0]);
    }
}
