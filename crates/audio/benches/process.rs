//! What decoding in a process of its own costs, against decoding in the same process:
//! `cargo bench -p earmark-audio --bench process`.
//!
//! Both are timed in turn, each in a fresh process; the median of the rounds counts.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs};

use earmark_audio::decode::{decode_in_own_process, serve_if_asked};
use earmark_audio::{Ffmpeg, Recording, SAMPLE_RATE, Source as _};

const N_ROUNDS: usize = 9;
/// Set in the processes that are timed; holds the recording.
const RECORDING: &str = "EARMARK_BENCH_RECORDING";
/// Set where decoding has a process of its own.
const OWN: &str = "EARMARK_BENCH_OWN";

fn main() -> ExitCode {
    if let Some(exit) = serve_if_asked() {
        return exit;
    }
    if let Some(recording) = env::var_os(RECORDING) {
        if env::var_os(OWN).is_some() {
            decode_in_own_process(None);
        }
        time(Path::new(&recording));
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().unwrap();
    for path in recordings(folder.path()) {
        compare(&path);
    }
    ExitCode::SUCCESS
}

/// Prints how long it takes until the first samples are there, and until all are, in seconds.
fn time(path: &Path) {
    let begun = Instant::now();
    let mut recording = Recording::open_with(path, &Ffmpeg::none()).unwrap();
    recording.next_block().unwrap().unwrap();
    let first = begun.elapsed().as_secs_f64();
    let mut n_samples = 0;
    while let Some(block) = recording.next_block().unwrap() {
        n_samples += block.len();
    }
    let all = begun.elapsed().as_secs_f64();
    println!(
        "{first} {all} {}",
        n_samples as f64 / f64::from(SAMPLE_RATE)
    );
}

/// Twenty minutes as wav, which is decoded fastest, as flac and as mp3.
fn recordings(folder: &Path) -> Vec<PathBuf> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    ["wav", "flac", "mp3"]
        .map(|ending| {
            let path = folder.join("dialogue").with_extension(ending);
            let made = Command::new("ffmpeg")
                .args(["-loglevel", "error", "-stream_loop", "7", "-i"])
                .arg(samples.join("en-dialogue.flac"))
                .args(["-ar", "44100", "-ac", "2"])
                .arg(&path)
                .status();
            assert!(made.unwrap().success());
            // It is in the cache of the system from the first round on.
            fs::read(&path).unwrap();
            path
        })
        .into()
}

fn compare(path: &Path) {
    let (mut here, mut own) = (Vec::new(), Vec::new());
    for _ in 0..N_ROUNDS {
        here.push(round(path, false));
        own.push(round(path, true));
    }
    let [here_first, here_all, length] = medians(&here);
    let [own_first, own_all, _] = medians(&own);
    let name = path.extension().unwrap().to_string_lossy();
    println!(
        "{name}, {:.0} min: {here_all:.3} s in the same process, {own_all:.3} s in its own \
         ({:+.1} %); first second after {:.0} ms and {:.0} ms",
        length / 60.0,
        (own_all / here_all - 1.0) * 100.0,
        here_first * 1000.0,
        own_first * 1000.0,
    );
}

fn round(path: &Path, is_own: bool) -> [f64; 3] {
    let mut command = Command::new(env::current_exe().unwrap());
    command.env(RECORDING, path);
    if is_own {
        command.env(OWN, "1");
    }
    let output = command.output().unwrap();
    assert!(output.status.success());
    let numbers = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = numbers
        .split_whitespace()
        .map(|it| it.parse().unwrap())
        .collect();
    numbers.try_into().unwrap()
}

fn medians(rounds: &[[f64; 3]]) -> [f64; 3] {
    [0, 1, 2].map(|at| {
        let mut values: Vec<f64> = rounds.iter().map(|round| round[at]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    })
}
