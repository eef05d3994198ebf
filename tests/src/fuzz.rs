//! Entry functions of the fuzz targets: any bytes must give a result in bounded time and memory,
//! without a panic.
//!
//! `fuzz/` calls them under libFuzzer (`cargo xtask fuzz`); `tests/fuzz_corpus.rs` calls them with
//! every file of the committed corpus.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use earmark_audio::{Ffmpeg, Recording, SAMPLE_RATE, Source};
use earmark_engine::{Aligner, Checkpoint, DeviceChoice, Recognizer, Settings};
use earmark_transcript::export::json;
use earmark_transcript::import::{self, Document, Format};
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
/// again, and that a document without new times is the same file.
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
