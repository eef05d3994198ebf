//! The sample recordings with their texts.

use std::path::{Path, PathBuf};

use earmark_audio::{Recording, Source};
use serde_json::Value;

use crate::root;

/// One sample: its audio and its words.
pub struct Spoken {
    /// Name of the recording, without extension.
    pub name: String,
    /// Mono samples at 16 kHz.
    pub samples: Vec<f32>,
    /// The words without punctuation, each with its true start and end in ms, if known.
    pub words: Vec<(String, [Option<u32>; 2])>,
}

impl Spoken {
    /// Every sample of `samples/` whose name has this prefix and ends in `.flac`.
    pub fn all(prefix: &str) -> Vec<Self> {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("samples"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "flac"))
            .collect();
        paths.sort();
        let names = paths.into_iter().map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, path)
        });
        names
            .filter(|(name, _)| name.starts_with(prefix))
            .map(|(name, path)| Self::read(name, &path))
            .collect()
    }

    fn read(name: String, path: &Path) -> Self {
        let mut recording = Recording::open(path).unwrap();
        let mut samples = Vec::new();
        while let Some(block) = recording.next_block().unwrap() {
            samples.extend(block);
        }
        let truth = std::fs::read(path.with_extension("words.json")).unwrap();
        let truth: Value = serde_json::from_slice(&truth).unwrap();
        let words = truth["words"].as_array().unwrap().iter().map(|word| {
            let text = word["text"].as_str().unwrap();
            let text = text.chars().filter(|&c| c.is_alphanumeric() || c == '\'');
            let time = |key: &str| word[key].as_u64().map(|ms| ms as u32);
            (text.collect(), [time("start_ms"), time("end_ms")])
        });
        let words = words.filter(|(text, _): &(String, _)| !text.is_empty());
        Self {
            name,
            samples,
            words: words.collect(),
        }
    }

    /// The words alone.
    pub fn texts(&self) -> Vec<&str> {
        self.words.iter().map(|(text, _)| text.as_str()).collect()
    }
}
