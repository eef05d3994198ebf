//! What Earmark reads of a file, and whether that is right.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use earmark_audio::{Ffmpeg, Recording, Source as _};
use serde_json::Value;

use crate::files::{File, Truth};
use crate::root;

/// How far the length may be off that of ffmpeg's samples.
pub(crate) const LENGTH_MS: i64 = 30;
/// How far the first and the last word may be off.
pub(crate) const WORD_MS: i64 = 250;

/// What came of a file.
pub(crate) enum Found {
    Read {
        length_ms: i64,
        /// Begin, end and text of every word.
        words: Vec<(i64, i64, String)>,
        warnings: Vec<String>,
        /// Whether it can be read without ffmpeg.
        is_native: bool,
    },
    Refused(String),
}

/// Transcribes files with one start of the program.
pub(crate) fn read_all(folder: &Path, files: &[PathBuf]) -> Vec<Found> {
    let out = folder.join("out/");
    let transcribed = earmark(folder)
        .args([
            "transcribe",
            "--model",
            "demo",
            "--format",
            "json",
            "--output",
        ])
        .arg(&out)
        .args(files)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&transcribed.stderr).into_owned();
    let native = read_natively(files);
    let found = files.iter().map(|file| {
        let name = file.file_name().unwrap().to_string_lossy();
        let error = format!("error: {}: ", file.display());
        if let Some(line) = messages.lines().find_map(|line| line.strip_prefix(&error)) {
            return Found::Refused(line.to_owned());
        }
        let path = [format!("{name}.json"), format!("{}.json", stem(file))]
            .map(|name| out.join(name))
            .into_iter()
            .find(|path| path.is_file());
        let Some(path) = path else {
            return Found::Refused(format!("no transcript; {messages}"));
        };
        let json: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let segments = json["segments"].as_array().unwrap();
        let words = segments
            .iter()
            .flat_map(|segment| segment["words"].as_array().unwrap());
        let word = |it: &Value| {
            let at = |key: &str| it[key].as_i64().unwrap();
            let text = it["text"].as_str().unwrap().to_owned();
            (at("start_ms"), at("end_ms"), text)
        };
        let warnings = json["warnings"].as_array().unwrap().iter();
        Found::Read {
            length_ms: json["audio"]["duration_ms"].as_i64().unwrap(),
            words: words.map(word).collect(),
            warnings: warnings.map(|it| it.as_str().unwrap().to_owned()).collect(),
            is_native: native[file],
        }
    });
    found.collect()
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Which files are read without ffmpeg.
fn read_natively(files: &[PathBuf]) -> BTreeMap<PathBuf, bool> {
    let is_native = |file: &PathBuf| {
        let Ok(mut recording) = Recording::open_with(file, &Ffmpeg::none()) else {
            return false;
        };
        while matches!(recording.next_block(), Ok(Some(_))) {}
        let is_silent = |warning: &String| warning.contains("became silence");
        !recording.warnings().iter().any(is_silent)
    };
    let of = |file: &PathBuf| (file.clone(), is_native(file));
    files.iter().map(of).collect()
}

fn earmark(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
    command
        .current_dir(root())
        .env("EARMARK_MODELS", folder.join("models"))
        .env("EARMARK_DATA", folder.join("data"));
    command
}

/// The length of what ffmpeg decodes, placed by its time stamps; `None` if it decodes nothing.
fn ffmpeg_ms(path: &Path, is_bare: bool) -> Option<i64> {
    let filter = if is_bare {
        "aresample=16000"
    } else {
        "aresample=16000:async=1:first_pts=0"
    };
    let decoded = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "quiet"])
        .args(["-itsoffset", "0.000001", "-i"])
        .arg(path)
        .args(["-vn", "-sn", "-dn", "-ac", "1", "-af", filter])
        .args(["-f", "s16le", "pipe:1"])
        .output()
        .unwrap();
    let n_samples = decoded.stdout.len() as i64 / 2;
    (n_samples > 0).then_some(n_samples / 16)
}

impl Found {
    /// How far length, first and last word are off.
    fn offsets(&self, file: &File, path: &Path) -> Option<[Option<i64>; 3]> {
        let Self::Read {
            length_ms, words, ..
        } = self
        else {
            return None;
        };
        let length = file
            .length_ms
            .or_else(|| ffmpeg_ms(path, file.is_bare))
            .map(|it| length_ms - it);
        let Truth::Said { first_ms, last_ms } = file.truth else {
            return Some([length, None, None]);
        };
        let first = words.first().map(|word| word.0 - first_ms);
        let last = words.last().map(|word| word.1);
        let last = last.zip(last_ms).map(|(found, truth)| found - truth);
        Some([length, first, last])
    }

    /// What is wrong.
    pub(crate) fn faults(&self, file: &File, path: &Path) -> Vec<String> {
        match (self, file.truth) {
            (Self::Refused(message), Truth::Refused(reason)) if message.contains(reason) => {
                return Vec::new();
            }
            (Self::Refused(_), _) => return vec!["refused".into()],
            (Self::Read { .. }, Truth::Refused(_)) => return vec!["read".into()],
            _ => {}
        }
        let offsets = self.offsets(file, path).unwrap_or_default();
        let [length, first, last] = offsets;
        let mut faults = Vec::new();
        if length.is_some_and(|it| it.abs() > LENGTH_MS) {
            faults.push(format!("its length is off by {} ms", length.unwrap()));
        }
        if matches!(file.truth, Truth::Unclear) {
            return faults;
        }
        if first.is_none_or(|it| it.abs() > WORD_MS) {
            faults.push(format!("its first word is off by {first:?} ms"));
        }
        if matches!(
            file.truth,
            Truth::Said {
                last_ms: Some(_),
                ..
            }
        ) && last.is_none_or(|it| it.abs() > WORD_MS)
        {
            faults.push(format!("its last word is off by {last:?} ms"));
        }
        if let Self::Read { warnings, .. } = self {
            let is_right = match file.warning {
                "" => warnings.is_empty(),
                part => warnings.iter().any(|it| it.contains(part)),
            };
            if !is_right {
                faults.push(format!("it says {warnings:?}, not {:?}", file.warning));
            }
        }
        faults
    }

    /// The line of the table.
    pub(crate) fn line(&self, file: &File, path: &Path) -> String {
        let offsets = self.offsets(file, path).unwrap_or_default();
        let number = |it: Option<i64>| it.map_or_else(|| "–".into(), |it| it.to_string());
        let [length, first, last] = offsets.map(number);
        let (by, said) = match self {
            Self::Read {
                warnings,
                is_native,
                ..
            } => (
                if *is_native { "Earmark" } else { "ffmpeg" },
                warnings.join("; "),
            ),
            Self::Refused(message) => ("–", message.replace(&*path.to_string_lossy(), "")),
        };
        let said = said.replace('|', "/");
        format!(
            "| {} | {by} | {length} | {first} | {last} | {said} |",
            file.title()
        )
    }
}
