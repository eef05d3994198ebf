//! An entry is one recording in the history, from the moment it is asked for.

use std::path::PathBuf;

use earmark_transcript::Ms;
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type, ValueRef};

use crate::path_column;

/// Names an entry; never given twice in one history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub i64);

/// How a recording came to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A file of the person's own; the program never deletes it.
    File,
    /// Recorded by the program, which owns the file.
    Recording,
    /// Dictated; the program owns the file.
    Dictation,
}

impl Origin {
    const ALL: [Self; 3] = [Self::File, Self::Recording, Self::Dictation];

    /// The name in the database: `file`, `recording` or `dictation`.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Recording => "recording",
            Self::Dictation => "dictation",
        }
    }

    /// The origin with this name; `None` when there is none.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.name() == name)
    }
}

/// How far an entry has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// It waits in the queue.
    Waiting,
    /// It is being recognised.
    Running,
    /// Recognised to its end.
    Done,
    /// Not recognised; [`State::Failed`] says why.
    Failed,
    /// Stopped by a person; the finished segments are there.
    Cancelled,
    /// The program ended while it was being recognised; the finished segments are there.
    Interrupted,
}

impl Stage {
    const ALL: [Self; 6] = [
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
        Self::Interrupted,
    ];

    /// The name in the database: `waiting`, `running`, `done`, `failed`, `cancelled` or
    /// `interrupted`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// The stage with this name; `None` when there is none.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

/// How far an entry has come, and why no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// See [`Stage::Waiting`].
    Waiting,
    /// See [`Stage::Running`].
    Running,
    /// See [`Stage::Done`].
    Done,
    /// See [`Stage::Failed`].
    Failed(Failure),
    /// See [`Stage::Cancelled`].
    Cancelled,
    /// See [`Stage::Interrupted`].
    Interrupted,
}

impl State {
    /// The stage without the reason.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Waiting => Stage::Waiting,
            Self::Running => Stage::Running,
            Self::Done => Stage::Done,
            Self::Failed(_) => Stage::Failed,
            Self::Cancelled => Stage::Cancelled,
            Self::Interrupted => Stage::Interrupted,
        }
    }
}

/// Why an entry was not recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Name of the kind, for programs.
    pub code: String,
    /// What happened and what to do, for people.
    pub message: String,
}

/// What is known of an entry when it is asked for; enough to ask for it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// The recording.
    pub source: PathBuf,
    /// What people call it.
    pub name: String,
    /// How it came to the program.
    pub origin: Origin,
    /// When it was asked for.
    pub created: Timestamp,
    /// Folder or catalog name of the model.
    pub model: String,
    /// English name of the language to assume; `None` lets the model tell.
    pub language: Option<String>,
    /// Background text or names that bias the recogniser.
    pub context: String,
}

/// A row of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name in the history.
    pub id: EntryId,
    /// As it was asked for, with the times rounded to milliseconds.
    pub asked: NewEntry,
    /// How far it is.
    pub state: State,
    /// Whether a person marked it to be kept.
    pub starred: bool,
    /// Length of the recording, once it is known.
    pub duration: Option<Ms>,
    /// The segments hold everything before this; the place to go on from.
    pub recognised_until: Ms,
    /// English names of the languages in it, each once, in no order that means anything.
    pub languages: Vec<String>,
    /// When a person deleted it; it can be taken back until it is removed for good.
    pub deleted: Option<Timestamp>,
    /// How many words it has.
    pub n_words: usize,
    /// How many segments it has.
    pub n_segments: usize,
    /// How its text begins.
    pub opening: String,
    /// What the reader should know about its transcript, one sentence each.
    pub warnings: Vec<String>,
}

/// The columns that [`read`] reads, of the table `item` under the name `i`.
pub(crate) const COLUMNS: &str = "i.id, i.created_ms, i.source, i.name, i.origin, i.model, \
    i.asked_language, i.context, i.state, i.failure_code, i.failure_message, i.starred, \
    i.duration_ms, i.heard_until_ms, i.languages, \
    (SELECT count(*) FROM segment WHERE item = i.id), \
    coalesce((SELECT substr(text, 1, 160) FROM segment WHERE item = i.id ORDER BY id DESC LIMIT 1), ''), \
    i.deleted_ms, i.n_words, i.warnings";

/// Reads a row of [`COLUMNS`]. One that is damaged becomes an entry that failed and says so, with what
/// of it can be read, so that no other entry is lost with it.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    read_whole(row).or_else(|error| salvage(row, &error))
}

/// What can be read of a damaged row.
fn salvage(row: &Row<'_>, error: &rusqlite::Error) -> rusqlite::Result<Entry> {
    let text = |column| match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    };
    Ok(Entry {
        // An entry without its number cannot be named.
        id: EntryId(row.get(0)?),
        asked: NewEntry {
            source: path_column::from_column(row.get_ref(2)?).unwrap_or_default(),
            name: text(3),
            // The program never deletes a file that may be a person's.
            origin: named(row, 4, Origin::find).unwrap_or(Origin::File),
            created: created(row, 1).unwrap_or_default(),
            model: text(5),
            language: None,
            context: text(7),
        },
        state: State::Failed(Failure {
            code: DAMAGED.into(),
            message: format!(
                "this entry is damaged in the history ({error}); what is left is shown"
            ),
        }),
        starred: row.get(11).unwrap_or_default(),
        duration: row.get::<_, Option<u32>>(12).unwrap_or_default().map(Ms),
        recognised_until: Ms(row.get(13).unwrap_or_default()),
        languages: Vec::new(),
        n_segments: row.get::<_, u32>(15).unwrap_or_default() as usize,
        opening: text(16),
        deleted: created(row, 17).ok(),
        n_words: row.get::<_, u32>(18).unwrap_or_default() as usize,
        warnings: Vec::new(),
    })
}

/// The code of an entry whose row is damaged; the window has it too.
const DAMAGED: &str = "store";

/// Reads a row of [`COLUMNS`].
///
/// Errors: it is damaged.
pub(crate) fn read_whole(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let languages: String = row.get(14)?;
    Ok(Entry {
        id: EntryId(row.get(0)?),
        asked: NewEntry {
            created: created(row, 1)?,
            source: path_column::from_column(row.get_ref(2)?)?,
            name: row.get(3)?,
            origin: named(row, 4, Origin::find)?,
            model: row.get(5)?,
            language: row.get(6)?,
            context: row.get(7)?,
        },
        state: match named(row, 8, Stage::find)? {
            Stage::Waiting => State::Waiting,
            Stage::Running => State::Running,
            Stage::Done => State::Done,
            Stage::Failed => State::Failed(Failure {
                code: row.get::<_, Option<_>>(9)?.unwrap_or_default(),
                message: row.get::<_, Option<_>>(10)?.unwrap_or_default(),
            }),
            Stage::Cancelled => State::Cancelled,
            Stage::Interrupted => State::Interrupted,
        },
        starred: row.get(11)?,
        duration: row.get::<_, Option<u32>>(12)?.map(Ms),
        recognised_until: Ms(row.get(13)?),
        languages: languages
            .split(',')
            .filter(|language| !language.is_empty())
            .map(str::to_owned)
            .collect(),
        n_segments: row.get::<_, u32>(15)? as usize,
        opening: row.get(16)?,
        deleted: row
            .get::<_, Option<i64>>(17)?
            .map(|_| created(row, 17))
            .transpose()?,
        n_words: row.get::<_, u32>(18)? as usize,
        warnings: serde_json::from_str(row.get_ref(19)?.as_str()?).unwrap_or_default(),
    })
}

/// Reads a time in milliseconds.
pub(crate) fn created(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let ms: i64 = row.get(column)?;
    Timestamp::from_millisecond(ms)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, ms))
}

/// Reads one of a closed set of names.
pub(crate) fn named<T>(
    row: &Row<'_>,
    column: usize,
    find: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let name = row.get_ref(column)?.as_str()?;
    find(name).ok_or_else(|| {
        let why = FromSqlError::Other(format!("unknown name `{name}`").into());
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, why.into())
    })
}
