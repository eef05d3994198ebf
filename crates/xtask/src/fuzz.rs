//! Fuzzing of the code that reads foreign files.

use std::fs;
use std::path::PathBuf;

use crate::cargo_tools::FUZZ;
use crate::{Outcome, arguments_after, root, run, setup, target};

/// The longest input. Units: bytes.
const MAX_BYTES: &str = "65536";

/// `cargo xtask fuzz [SECONDS [TARGET]]`: runs every target, or the named one, for that time (60 s
/// by default).
///
/// The committed corpus is never written to; findings go into the target folder.
pub(crate) fn run_targets() -> Outcome {
    setup::for_building()?;
    let mut asked = arguments_after("fuzz").into_iter();
    let seconds = asked.next().unwrap_or_else(|| "60".into());
    let seconds: u32 = seconds
        .parse()
        .map_err(|_| format!("`{seconds}` is not a number of seconds"))?;
    let only = asked.next();
    let mut targets = targets()?;
    targets.retain(|it| only.as_ref().is_none_or(|only| only == it));
    targets.iter().try_for_each(|it| run_target(it, seconds))
}

/// The targets of `fuzz/`, described in `tests/src/fuzz.rs`.
fn targets() -> Result<Vec<String>, String> {
    let folder = root().join("fuzz/fuzz_targets");
    let files = fs::read_dir(&folder)
        .map_err(|error| format!("cannot read `{}`: {error}", folder.display()))?;
    let stem = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    let mut targets: Vec<String> = files.flatten().filter_map(|it| stem(it.path())).collect();
    targets.sort();
    Ok(targets)
}

fn run_target(name: &str, seconds: u32) -> Outcome {
    let found = target().join("fuzz-corpus").join(name);
    fs::create_dir_all(&found)
        .map_err(|error| format!("cannot write to `{}`: {error}", found.display()))?;
    run(FUZZ
        .command()?
        // Sanitizer and coverage are nightly options; the pinned toolchain has both.
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["fuzz", "run", "--sanitizer", sanitizer(), name])
        .arg(found)
        .arg(root().join("fuzz/corpus").join(name))
        .args(["--", "-timeout=20", "-rss_limit_mb=3072"])
        .arg(format!("-max_len={MAX_BYTES}"))
        .arg(format!("-max_total_time={seconds}")))
}

/// The address sanitizer, if the toolchain has it.
fn sanitizer() -> &'static str {
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        "address"
    } else {
        "none"
    }
}
