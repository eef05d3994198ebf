//! Fuzzing of what reads files that others made.

use std::fs;

use crate::programs::FUZZ;
use crate::{Outcome, behind, root, run, setup, target};

/// The targets of `fuzz/`; `tests/src/fuzz.rs` says what each reads.
const TARGETS: [&str; 3] = ["media", "subtitle_import", "model_folder"];

/// The longest input. Units: bytes.
const MAX_BYTES: &str = "65536";

/// Runs every target for `cargo xtask fuzz SECONDS` (60 unless said), or the one that is named
/// behind the seconds.
///
/// The committed corpus is read and never written: what is found goes into the target folder.
pub(crate) fn run_targets() -> Outcome {
    setup::for_building()?;
    let mut asked = behind("fuzz").into_iter();
    let seconds = asked.next().unwrap_or_else(|| "60".into());
    let seconds: u32 = seconds
        .parse()
        .map_err(|_| format!("`{seconds}` is no number of seconds"))?;
    let only = asked.next();
    for name in TARGETS {
        if only.as_ref().is_none_or(|it| it == name) {
            run_target(name, seconds)?;
        }
    }
    Ok(())
}

fn run_target(name: &str, seconds: u32) -> Outcome {
    let found = target().join("fuzz-corpus").join(name);
    fs::create_dir_all(&found)
        .map_err(|error| format!("cannot write to `{}`: {error}", found.display()))?;
    run(FUZZ
        .command()?
        // The sanitizer and coverage are options of nightly; the pinned toolchain has both.
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["fuzz", "run", "--sanitizer", sanitizer(), name])
        .arg(found)
        .arg(root().join("fuzz/corpus").join(name))
        .args(["--", "-timeout=20", "-rss_limit_mb=3072"])
        .arg(format!("-max_len={MAX_BYTES}"))
        .arg(format!("-max_total_time={seconds}")))
}

/// The address sanitizer where the toolchain carries it.
fn sanitizer() -> &'static str {
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        "address"
    } else {
        "none"
    }
}
