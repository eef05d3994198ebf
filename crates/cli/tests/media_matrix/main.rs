//! Recordings in every container, with every codec and every oddity that ffmpeg can make, against
//! what ffmpeg itself reads of them.
//!
//! Two sentences with known times are said in each file. It is right when its length is that of
//! ffmpeg's samples, and its first and last word stand where they were said; or when it is refused
//! with the reason. `cargo xtask long-check media-matrix` tries all files and writes the table in
//! `docs/MEDIA.md`; the ordinary tests try a dozen.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod files;
mod judge;

use std::path::{Path, PathBuf};
use std::{env, fs};

use files::{ALL, File, Maker};
use judge::{Found, read_all};

/// Set for all files; holds the path of the table to write.
const ALL_FILES: &str = "EARMARK_MEDIA_MATRIX";
/// The files of the ordinary tests.
const SHORT: [&str; 12] = [
    "pcm_s16.wav",
    "s24be.aiff",
    "cbr.mp3",
    "aac.m4a",
    "opus.webm",
    "late_aac.mkv",
    "hole_aac.mp4",
    "aac.ts",
    "late_mp3.flv",
    "cut.flac",
    "joined.mp3",
    "junk.mp3",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads these files; the lines of the table, and what is wrong.
fn check(files: &[&File]) -> (Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let maker = Maker::new(folder.path());
    let paths: Vec<PathBuf> = files.iter().map(|file| maker.make(file)).collect();
    let found = read_all(folder.path(), &paths);
    let mut lines = Vec::new();
    let mut wrong = Vec::new();
    for ((file, path), found) in files.iter().zip(&paths).zip(found) {
        let faults = found.faults(file, path);
        if !faults.is_empty() {
            let words = match &found {
                Found::Read { words, .. } => format!("{words:?}"),
                Found::Refused(message) => message.clone(),
            };
            wrong.push(format!("{}: {}; {words}", file.name, faults.join(", ")));
        }
        lines.push(found.line(file, path));
    }
    (lines, wrong)
}

#[test]
fn recordings_of_many_kinds_are_read_as_ffmpeg_reads_them() {
    let table = env::var_os(ALL_FILES).map(PathBuf::from);
    let is_asked = |file: &&File| table.is_some() || SHORT.contains(&file.name);
    let files: Vec<&File> = ALL.iter().filter(is_asked).collect();
    assert!(files.len() >= SHORT.len(), "{} files", files.len());
    let (lines, wrong) = check(&files);
    if let Some(table) = table {
        assert!(files.len() >= 120, "{} files", files.len());
        fs::write(root().join(table), page(&lines)).unwrap();
    }
    assert!(
        wrong.is_empty(),
        "{} of {} files:\n{}",
        wrong.len(),
        files.len(),
        wrong.join("\n")
    );
}

/// The page of the table.
fn page(lines: &[String]) -> String {
    format!(
        "# Media files\n\n\
         What Earmark reads of {n} files that ffmpeg made, each with two sentences at known times. \
         `cargo xtask long-check media-matrix` makes the files, checks them and writes this page.\n\n\
         - *by*: Earmark itself, or ffmpeg, which it starts where it does not read a format. Without \
         ffmpeg, such a file is refused with the reason.\n\
         - *length*: how much longer the recording is for Earmark than the samples that ffmpeg \
         decodes; at most {length} ms are right.\n\
         - *first*, *last*: how much later than they were said the first word begins and the last one \
         ends; at most {word} ms are right.\n\n\
         | file | by | length (ms) | first (ms) | last (ms) | said |\n\
         |---|---|---|---|---|---|\n{lines}\n",
        n = lines.len(),
        length = judge::LENGTH_MS,
        word = judge::WORD_MS,
        lines = lines.join("\n"),
    )
}
