//! The truth about a recording: its text, and perhaps its language and the times of its words.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

/// What is known about a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Truth {
    /// What is said.
    pub(crate) text: String,
    /// English name of the language.
    pub(crate) language: Option<String>,
    /// When each word is said.
    pub(crate) words: Vec<TimedWord>,
    /// Names and background that help the recogniser.
    pub(crate) context: String,
}

/// A word and when it is said.
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

impl Truth {
    /// What the files beside a recording say; `None` without a text.
    ///
    /// Errors: a file that is there cannot be read or understood.
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
            .with_context(|| format!("`{}` is not as it should be", words_path.display()))?;
        Ok(Some(Self {
            text,
            language,
            words,
            context,
        }))
    }
}

/// The content of a file, `None` when there is no such file.
fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}
