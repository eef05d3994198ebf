//! Entry functions of the fuzz targets: any bytes must give a result in bounded time and memory,
//! without a panic.
//!
//! `fuzz/` calls them under libFuzzer (`cargo xtask fuzz`); `tests/fuzz_corpus.rs` calls them with
//! every file of the committed corpus.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::OnceLock;

use earmark_audio::{Ffmpeg, Recording, SAMPLE_RATE, Source};
use earmark_engine::{Aligner, Checkpoint, DeviceChoice, Recognizer, Settings};
use earmark_store::{Backup, NewEntry, Origin, Store, back_up};
use earmark_transcript::export::json;
use earmark_transcript::import::{self, Content, Document, Format, NewTimes};
use earmark_transcript::{Ms, Segment, Timing, Transcript, dictation};
use earmark_weights::{Control, Import};
use jiff::Timestamp;
use tempfile::{NamedTempFile, TempDir};

/// Samples decoded of one recording at most.
const MAX_SAMPLES: usize = 60 * SAMPLE_RATE as usize;

/// The largest weights file that is generated. Units: bytes.
const MAX_WEIGHTS: u64 = 4 << 20;

/// Marks the start of a file in the input of [`model_folder`]; its name and a line end follow.
pub const FILE_MARK: &[u8] = b"\n=== ";

/// The files a model folder may have.
const FILES: [&str; 8] = [
    "config.json",
    "tokenizer_config.json",
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    "preprocessor_config.json",
    "model.safetensors",
    "model.safetensors.index.json",
];

/// Decodes at most a minute of a recording and checks that samples are finite.
pub fn media(bytes: &[u8]) {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let Ok(mut recording) = Recording::open_with(file.path(), &Ffmpeg::none()) else {
        return;
    };
    let mut n_samples = 0;
    while n_samples < MAX_SAMPLES {
        let Ok(Some(block)) = recording.next_block() else {
            return;
        };
        assert!(!block.is_empty(), "an empty block");
        assert!(block.iter().all(|it| it.is_finite()), "no finite sample");
        n_samples += block.len();
    }
}

/// Imports subtitles in every format, and checks that the result can be exported and imported
/// again, that a document without new times is the same file, and that one with new times has the
/// same cues.
pub fn subtitle_import(bytes: &[u8]) {
    let formats = [
        Format::Srt,
        Format::Vtt,
        Format::Ass,
        Format::Lrc,
        Format::Json,
    ];
    for format in formats {
        if let Ok(document) = Document::read(bytes, format) {
            let no_times = vec![None; document.cues().len()];
            assert!(
                document.with_times(&no_times) == bytes,
                "bytes have changed"
            );
            check_new_times(&document, format);
        }
    }
    for format in formats.map(Some).into_iter().chain([None]) {
        let _ = import::cues(bytes, format);
        if let Ok(transcript) = import::read(bytes, format) {
            let json = json::render(&transcript, "a.wav", json::Layout::Line);
            let again = import::read(json.as_bytes(), Some(Format::Json));
            assert!(again.is_ok(), "our own JSON is refused: {:?}", again.err());
        }
    }
}

/// Gives every cue that has times a second of its own.
fn check_new_times(document: &Document, format: Format) {
    // Several times of one line share its words in this one.
    if format == Format::Lrc {
        return;
    }
    let times = (0..).zip(document.cues()).map(|(nth, cue)| {
        let start = Ms(nth % 10_000 * 1000);
        cue.times.map(|_| NewTimes {
            start,
            end: start + Ms(900),
            words: Vec::new(),
        })
    });
    let times: Vec<_> = times.collect();
    let changed = document.with_times(&times);
    let again = Document::read(&changed, format).expect("the file with new times is refused");
    assert_eq!(again.cues().len(), document.cues().len(), "other cues");
    for ((before, after), times) in document.cues().iter().zip(again.cues()).zip(&times) {
        assert_eq!(before.text, after.text, "another text");
        if let Some(times) = times {
            assert_eq!(after.times, Some((times.start, times.end)), "other times");
        }
    }
}

/// Reads any file as a text to align; what is found in it is read as what it is said to be.
pub fn text_file(bytes: &[u8]) {
    for ending in ["txt", "srt", "ass", "md", ""] {
        match import::content(bytes, ending) {
            Ok(Content::Plain(text)) => {
                for line in text.lines() {
                    let spoken = import::spoken_line(line);
                    assert!(spoken.len() <= line.len(), "more is spoken than written");
                }
            }
            Ok(Content::Timed(format)) => drop(import::read(bytes, Some(format))),
            Err(_) => {}
        }
    }
}

/// Writes a dictated text with its spoken marks.
pub fn dictated_text(bytes: &[u8]) {
    let text = import::text(bytes);
    for language in ["English", "Chinese"] {
        let _ = dictation::written(&text, language);
        let halves = text.split_at(text.floor_char_boundary(text.len() / 2));
        let segments = [halves.0, halves.1].map(|text| Segment {
            start: Ms(0),
            end: Ms(0),
            text: text.into(),
            language: language.into(),
            timing: Timing::Estimated,
            speaker: None,
            words: Vec::new(),
        });
        let _ = dictation::said(&segments, true);
    }
}

/// Reads a settings file; what is understood of it is understood again after it was saved.
pub fn settings(bytes: &[u8]) {
    let folder = TempDir::new().unwrap();
    let path = earmark_store::Settings::file(folder.path());
    fs::write(&path, bytes).unwrap();
    let loaded = earmark_store::Settings::load(&path).settings;
    loaded.save(&path).unwrap();
    let again = earmark_store::Settings::load(&path);
    assert_eq!(again.settings, loaded, "{:?}", again.warnings);
}

/// Takes in a backup that somebody has changed: the input is places in a good one and the bytes
/// that are put there. The history is sound afterwards, whatever was taken in.
pub fn backup(bytes: &[u8]) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("all.earmark");
    let mut changed = good_backup().clone();
    let mut rest = bytes;
    while let [high, middle, low, n, more @ ..] = rest {
        let at = u32::from_be_bytes([0, *high, *middle, *low]) as usize % changed.len();
        let n = usize::from(*n).min(more.len()).min(changed.len() - at);
        let (new, more) = more.split_at(n);
        changed[at..at + n].copy_from_slice(new);
        rest = more;
    }
    fs::write(&path, &changed).unwrap();
    let history = folder.path().join("history.db");
    let mut store = Store::open(&history).unwrap();
    let Ok(backup) = Backup::open(&path, &history) else {
        return;
    };
    let Ok(ids) = backup.entries() else { return };
    let _ = store.adopt(&backup, &ids, Timestamp::UNIX_EPOCH);
    store.check().unwrap();
    for entry in store.list(&<_>::default(), None, 100).unwrap() {
        store.transcript(entry.id).unwrap();
    }
}

/// A backup of a history with three entries.
fn good_backup() -> &'static Vec<u8> {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let history = folder.path().join("history.db");
        let mut store = Store::open(&history).unwrap();
        for nth in 0..3 {
            let entry = NewEntry {
                source: format!("/recordings/{nth}.wav").into(),
                name: format!("Nr. {nth}"),
                origin: Origin::File,
                created: Timestamp::from_second(nth).unwrap(),
                model: "demo".into(),
                language: None,
                context: String::new(),
            };
            let id = store.add(&entry).unwrap();
            let segment = Segment {
                start: Ms(0),
                end: Ms(2000),
                text: "会议 one two".into(),
                language: "English".into(),
                timing: Timing::Aligned,
                speaker: None,
                words: Vec::new(),
            };
            let whole = Transcript::assemble(Ms(2000), vec![segment], vec!["a warning".into()]);
            store.finish(id, &whole).unwrap();
        }
        let path = folder.path().join("all.earmark");
        back_up(&history, &<_>::default(), &path).unwrap();
        fs::read(path).unwrap()
    })
}

/// Imports an archive of a model; nothing lies outside of the models' folder afterwards.
pub fn model_archive(bytes: &[u8]) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("model.zip");
    fs::write(&path, bytes).unwrap();
    let home = folder.path().join("models");
    let _ = Import::new(&path, &home).run(&Control::default(), &|_| {});
    for entry in fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(
            name == "model.zip" || name == "models",
            "{}",
            name.display()
        );
    }
}

/// Loads a model from a folder with the files in the input, as a recogniser and as an aligner, and
/// returns whether one of them loads.
///
/// Files in the input are separated by [`FILE_MARK`]. Of the weights, the input contains only the
/// header; the data is zeros, so that a corpus stays small.
pub fn model_folder(bytes: &[u8]) -> bool {
    let folder = TempDir::new().unwrap();
    for (name, content) in files(bytes) {
        fs::write(folder.path().join(name), content).unwrap();
        if name == "model.safetensors" {
            add_zeros(&folder.path().join(name), content);
        }
    }
    let checkpoint = Checkpoint::folder(folder.path());
    let settings = Settings {
        device: DeviceChoice::Cpu,
        dtype: None,
    };
    let is_recognizer = Recognizer::load(&checkpoint, &settings).is_ok();
    Aligner::load(&checkpoint, &settings).is_ok() || is_recognizer
}

/// The files in the input that a model folder may have.
fn files(bytes: &[u8]) -> Vec<(&'static str, &[u8])> {
    let mut starts: Vec<usize> = bytes
        .windows(FILE_MARK.len())
        .enumerate()
        .filter(|(_, window)| *window == FILE_MARK)
        .map(|(at, _)| at)
        .collect();
    starts.push(bytes.len());
    let part = |range: &[usize]| {
        let part = &bytes[range[0] + FILE_MARK.len()..range[1]];
        let end = part.iter().position(|byte| *byte == b'\n')?;
        let name = FILES.iter().find(|name| name.as_bytes() == &part[..end])?;
        Some((*name, &part[end + 1..]))
    };
    starts.windows(2).filter_map(part).collect()
}

/// Extends the file to the length in its header, unless that is too long.
fn add_zeros(path: &Path, header: &[u8]) {
    let Some((length, json)) = header.split_first_chunk() else {
        return;
    };
    let length = u64::from_le_bytes(*length);
    let header_json = &json[..json.len().min(length as usize)];
    let Ok(serde_json::Value::Object(tensors)) = serde_json::from_slice(header_json) else {
        return;
    };
    let ends = tensors
        .values()
        .filter_map(|it| it["data_offsets"][1].as_u64());
    let end = ends.max().unwrap_or_default().saturating_add(8 + length);
    if end > header.len() as u64 && end <= MAX_WEIGHTS {
        let mut file = fs::File::options().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start(end - 1)).unwrap();
        file.write_all(&[0]).unwrap();
    }
}
