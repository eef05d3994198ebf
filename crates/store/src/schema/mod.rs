//! The schema of the database, as the steps that lead to it.
//!
//! Two tables have names of their own: an entry of the history is a row of `item`, and what was
//! recognised before a person changed it is a row of `heard`. A migration that only renames them
//! would lock every earlier program out of the history for nothing; the next step that changes what
//! is kept can rename them, too.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::Fault;

/// Step `n` leads from version `n` to `n + 1`. A step that was released is never changed.
const STEPS: &[&str] = &[include_str!("1.sql")];

/// The version this program writes.
pub(crate) const VERSION: u32 = STEPS.len() as u32;

/// What stands in the header of every database of ours: `Earm`.
const APPLICATION_ID: u32 = 0x4561_726D;

/// Whose database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Nobody's yet.
    Empty,
    /// Ours, of this version or an earlier one.
    Ours(u32),
    /// Ours, written by a newer program.
    Newer(u32),
    /// Another program's.
    Foreign,
}

/// Looks at a database without changing it.
pub(crate) fn identify(connection: &Connection) -> rusqlite::Result<Identity> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, u32>(0));
    let version = number("user_version");
    let is_ours = number("application_id").is_ok_and(|id| id == APPLICATION_ID);
    let n_tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match version {
        Ok(version @ 1..) if is_ours && version <= VERSION => Identity::Ours(version),
        Ok(version @ 1..) if is_ours => Identity::Newer(version),
        Ok(0) if n_tables == 0 => Identity::Empty,
        _ => Identity::Foreign,
    })
}

/// Leads a database from `version` to the present one, step by step; each step happens whole or
/// not at all.
pub(crate) fn migrate(connection: &mut Connection, version: u32) -> Result<(), Fault> {
    for (step, to) in STEPS.iter().zip(1..).skip(version as usize) {
        take(connection, step, to)?;
    }
    Ok(())
}

fn take(connection: &mut Connection, step: &str, to: u32) -> Result<(), Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(step)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", to)?;
    Ok(transaction.commit()?)
}

/// Whether a database of the present version has the tables of one that was made just now, and
/// nothing beside them.
pub(crate) fn is_intact(connection: &Connection) -> Result<bool, Fault> {
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh, 0)?;
    Ok(statements(connection)? == statements(&fresh)?)
}

fn statements(connection: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    connection
        .prepare(
            "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

#[cfg(test)]
mod tests;
