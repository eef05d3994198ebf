//! The list of the history: newest first, filtered, page by page, grouped by day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use crate::entry::{self, COLUMNS};
use crate::search::query::Query;
use crate::{Entry, EntryId, Error, Origin, Stage, Store};

/// Which entries to give; every condition that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In one of these stages; empty for any.
    pub stages: Vec<Stage>,
    /// Starred, or not.
    pub starred: Option<bool>,
    /// In this language, by its English name: recognised in it or, as long as
    /// nothing was recognised, asked for.
    pub language: Option<String>,
    /// Deleted ones, which are left out otherwise.
    pub deleted: bool,
    /// Come to the program in one of these ways; empty for any.
    pub origins: Vec<Origin>,
    /// All of these terms in the name, or all in one segment; empty for any. Read as in
    /// [`Store::search`], which does not look at it: there the query says what is wanted.
    pub text: String,
}

/// How many entries there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub total: u32,
    /// With a star.
    pub starred: u32,
    /// In each stage; a stage that no entry is in is left out.
    pub stages: BTreeMap<Stage, u32>,
}

/// A day and its entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// The day as the calendar of the person has it.
    pub date: Date,
    /// What was asked for on it, newest first.
    pub entries: Vec<Entry>,
}

impl Store {
    /// The entries that a filter lets through, newest first, `limit` of them at most, from the one
    /// that comes after the entry `after`.
    ///
    /// Errors: [`Error::NoEntry`] when `after` is not there any more.
    pub fn list(
        &self,
        filter: &Filter,
        after: Option<EntryId>,
        limit: usize,
    ) -> Result<Vec<Entry>, Error> {
        self.read(|connection| {
            let mut conditions = filter.conditions();
            if let Some(after) = after {
                let created: Option<i64> = connection
                    .prepare_cached("SELECT created_ms FROM item WHERE id = ?1")?
                    .query_row([after.0], |row| row.get(0))
                    .optional()?;
                let created = created.ok_or(Error::NoEntry { id: after.0 })?;
                conditions.add("(i.created_ms, i.id) < (?, ?)", [created, after.0]);
            }
            conditions
                .values
                .push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
            let sql = format!(
                "SELECT {COLUMNS} FROM item i {} ORDER BY i.created_ms DESC, i.id DESC LIMIT ?",
                conditions.sql("WHERE")
            );
            Ok(connection
                .prepare_cached(&sql)?
                .query_map(params_from_iter(&conditions.values), entry::read)?
                .collect::<rusqlite::Result<_>>()?)
        })
    }

    /// How many entries a filter lets through.
    pub fn count(&self, filter: &Filter) -> Result<u32, Error> {
        self.read(|connection| {
            let conditions = filter.conditions();
            let sql = format!("SELECT count(*) FROM item i {}", conditions.sql("WHERE"));
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_row(params_from_iter(&conditions.values), |row| row.get(0))?)
        })
    }

    /// How many entries there are in all.
    pub fn counts(&self) -> Result<Counts, Error> {
        self.read(|connection| {
            let mut counts = Counts::default();
            let sql = "SELECT state, count(*), sum(starred) FROM item GROUP BY state";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![])?;
            while let Some(row) = rows.next()? {
                let (n, n_starred): (u32, u32) = (row.get(1)?, row.get(2)?);
                counts.total += n;
                counts.starred += n_starred;
                // An entry whose row is damaged is shown as failed.
                let stage = entry::named(row, 0, Stage::find).unwrap_or(Stage::Failed);
                *counts.stages.entry(stage).or_default() += n;
            }
            Ok(counts)
        })
    }
}

/// Entries in the order of a list, grouped by the day on which they were asked for.
pub fn by_day(entries: Vec<Entry>, zone: &TimeZone) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for entry in entries {
        let date = zone.to_datetime(entry.asked.created).date();
        match days.last_mut().filter(|day| day.date == date) {
            Some(day) => day.entries.push(entry),
            None => days.push(Day {
                date,
                entries: vec![entry],
            }),
        }
    }
    days
}

/// Conditions of SQL over the table `item` under the name `i`, and their values.
#[derive(Default)]
pub(crate) struct Conditions {
    parts: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    pub(crate) fn add<V: Into<Value>>(
        &mut self,
        sql: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) {
        self.parts.push(sql.into());
        self.values.extend(values.into_iter().map(Into::into));
    }

    /// The conditions behind a keyword; empty when there are none.
    pub(crate) fn sql(&self, keyword: &str) -> String {
        match self.parts.as_slice() {
            [] => String::new(),
            parts => format!("{keyword} {}", parts.join(" AND ")),
        }
    }
}

/// An entry, when it meets these conditions.
pub(crate) fn entry_that(
    connection: &Connection,
    conditions: &Conditions,
    entry: i64,
) -> rusqlite::Result<Option<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM item i WHERE i.id = ? {}",
        conditions.sql("AND")
    );
    let mut values = vec![Value::Integer(entry)];
    values.extend(conditions.values.iter().cloned());
    let mut statement = connection.prepare_cached(&sql)?;
    let row = statement.query_row(params_from_iter(&values), entry::read);
    row.optional()
}

impl Filter {
    fn conditions(&self) -> Conditions {
        let mut conditions = self.conditions_but_text();
        if let Some(expression) = Query::parse(&self.text).expression() {
            let sql = "i.id IN (SELECT rowid >> 20 FROM grams WHERE grams MATCH ?)";
            conditions.add(sql, [expression]);
        }
        conditions
    }

    pub(crate) fn conditions_but_text(&self) -> Conditions {
        let mut conditions = Conditions::default();
        let is = if self.deleted { "IS NOT" } else { "IS" };
        conditions.add(format!("i.deleted_ms {is} NULL"), [0_i64; 0]);
        if !self.stages.is_empty() {
            let places = vec!["?"; self.stages.len()].join(", ");
            let names = self.stages.iter().map(|stage| stage.name().to_owned());
            conditions.add(format!("i.state IN ({places})"), names);
        }
        if let Some(starred) = self.starred {
            conditions.add("i.starred = ?", [i64::from(starred)]);
        }
        if let Some(language) = &self.language {
            conditions.add(
                "CASE i.languages WHEN '' THEN i.asked_language = ? \
                 ELSE instr(',' || i.languages || ',', ',' || ? || ',') END",
                [language.clone(), language.clone()],
            );
        }
        if !self.origins.is_empty() {
            let places = vec!["?"; self.origins.len()].join(", ");
            let names = self.origins.iter().map(|origin| origin.name().to_owned());
            conditions.add(format!("i.origin IN ({places})"), names);
        }
        conditions
    }
}
