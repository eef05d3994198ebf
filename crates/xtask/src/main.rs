//! Every habit of the house as one word: `cargo xtask WORD`.
#![expect(clippy::print_stderr, reason = "a build tool talks to the terminal")]

mod bundle;
mod cuda;
mod offline;
mod page;
mod pictures;
mod setup;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// A word, what it does, and the doing.
type Word = (&'static str, &'static str, fn() -> Outcome);

/// The words, in the order a newcomer meets them.
const WORDS: [Word; 14] = [
    (
        "demo",
        "set everything up and print the words of a sample recording",
        demo,
    ),
    (
        "test",
        "set everything up, check format and lints, run every test",
        test,
    ),
    (
        "setup",
        "install the system packages that building and testing need",
        setup::everything,
    ),
    (
        "offline",
        "run every test where there is no network but loopback",
        offline::test,
    ),
    ("lint", "format and clippy, nothing written", lint),
    ("fmt", "format the code", fmt),
    ("desktop", "build the window and start it", desktop),
    (
        "bench",
        "load and decode at full size with random weights (release build)",
        bench,
    ),
    (
        "typing",
        "from a key to its paint in the real window, in 40,000 words (release build)",
        typing,
    ),
    (
        "journey",
        "a model of full size from a local server to its text and out of memory again",
        journey,
    ),
    (
        "cuda",
        "the command line with CUDA, into target/cuda",
        cuda::build,
    ),
    (
        "bundle",
        "the Debian package, with the window, the command line and the demo model",
        bundle::make,
    ),
    (
        "try-bundle",
        "install that package, hear a sample, run the tests of the window, remove it",
        bundle::try_out,
    ),
    (
        "pictures",
        "every screen in both languages, light and dark, into the folder SHOTS",
        pictures::take,
    ),
];

/// What a word comes to: nothing, or the sentence that says what failed.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let word = std::env::args().nth(1).unwrap_or_default();
    let Some((_, _, run)) = WORDS.iter().find(|(name, _, _)| *name == word) else {
        eprintln!("usage: cargo xtask WORD\n");
        for (name, what, _) in WORDS {
            eprintln!("  {name:<10} {what}");
        }
        return ExitCode::from(2);
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask {word}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn demo() -> Outcome {
    setup::for_building()?;
    cargo(&["build", "--release", "-p", "earmark-cli"])?;
    eprintln!("\n$ earmark transcribe samples/en-01.flac\n");
    run(Command::new(root().join("target/release/earmark"))
        .args(["transcribe", "samples/en-01.flac"]))
}

fn test() -> Outcome {
    setup::everything()?;
    page::build()?;
    lint()?;
    page::test()?;
    cargo(&["test", "--workspace", "--no-fail-fast"])
}

fn lint() -> Outcome {
    page::lint()?;
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])
}

fn fmt() -> Outcome {
    cargo(&["fmt", "--all"])
}

fn desktop() -> Outcome {
    setup::everything()?;
    page::build()?;
    cargo(&["run", "-p", "earmark-desktop"])
}

fn bench() -> Outcome {
    setup::for_building()?;
    cargo(&["build", "--release", "-p", "earmark-cli"])?;
    run(Command::new(root().join("target/release/earmark")).args([
        "bench",
        "--model",
        "random-0.6b",
        "--dtype",
        "q8_0",
    ]))
}

fn typing() -> Outcome {
    setup::everything()?;
    page::build()?;
    cargo(&["bench", "--workspace", "--bench", "typing"])
}

fn journey() -> Outcome {
    setup::everything()?;
    cargo(&["bench", "--workspace", "--bench", "journey"])
}

/// Runs the tests of the real window.
fn window_tests(environment: &[(&str, &str)]) -> Outcome {
    run(Command::new(cargo_program())
        .args(["test", "--workspace", "--test", "window"])
        .envs(environment.iter().copied()))
}

/// The repository's root.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    root().join(target.unwrap_or_else(|| "target".into()))
}

fn cargo(arguments: &[&str]) -> Outcome {
    run(Command::new(cargo_program()).args(arguments))
}

fn cargo_program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a command in the root and says which one failed.
fn run(command: &mut Command) -> Outcome {
    let line = format!("{command:?}");
    let status = command
        .current_dir(root())
        .status()
        .map_err(|error| format!("could not start {line}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{line} ended with {status}"))
    }
}
