//! The reference of a recording: its text, and optionally its language and word times.

use std::io::{self, ErrorKind};
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

use crate::options::text_file;

/// The reference of a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The spoken text.
    pub(crate) text: String,
    /// English name of the language.
    pub(crate) language: Option<String>,
    /// The words with their times.
    pub(crate) words: Vec<TimedWord>,
    /// Names and terms to expect, as a hint for the recogniser.
    pub(crate) context: String,
}

/// A word with its times.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct TimedWord {
    /// The word.
    pub(crate) text: String,
    /// Its start, when it is known.
    pub(crate) start_ms: Option<u32>,
    /// Its end, when it is known.
    pub(crate) end_ms: Option<u32>,
}

#[derive(Deserialize)]
struct WordsFile {
    language: Option<String>,
    #[serde(default)]
    words: Vec<TimedWord>,
}

impl Reference {
    /// Reads the files beside a recording; `None` if there is no text.
    ///
    /// Errors: a file exists but cannot be read or parsed.
    pub(crate) fn beside(recording: &Path) -> anyhow::Result<Option<Self>> {
        let Some(text) = read(&recording.with_extension("txt"))? else {
            return Ok(None);
        };
        let context = read(&recording.with_extension("context.txt"))?.unwrap_or_default();
        let words_path = recording.with_extension("words.json");
        let Some(json) = read(&words_path)? else {
            return Ok(Some(Self {
                text,
                context,
                ..Self::default()
            }));
        };
        let WordsFile { language, words } = serde_json::from_str(&json)
            .with_context(|| format!("`{}` is not valid", words_path.display()))?;
        Ok(Some(Self {
            text,
            language,
            words,
            context,
        }))
    }
}

/// The text of a file, `None` when there is no such file.
fn read(path: &Path) -> anyhow::Result<Option<String>> {
    let is_missing = |error: &anyhow::Error| {
        let error = error.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.kind() == ErrorKind::NotFound)
    };
    match text_file(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error.context(format!("cannot read `{}`", path.display()))),
    }
}
