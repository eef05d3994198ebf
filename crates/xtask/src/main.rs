//! Every habit of the house as one word: `cargo xtask WORD`.
#![expect(clippy::print_stderr, reason = "a build tool talks to the terminal")]

mod cuda;
mod offline;
mod page;
mod setup;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// A word, what it does, and the doing.
type Word = (&'static str, &'static str, fn() -> Outcome);

/// The words, in the order a newcomer meets them.
const WORDS: [Word; 10] = [
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
        "journey",
        "a model of full size from a local server to its text and out of memory again",
        journey,
    ),
    (
        "cuda",
        "the command line with CUDA, into target/cuda",
        cuda::build,
    ),
];

/// What a word comes to: nothing, or the sentence that says what failed.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let word = std::env::args().nth(1).unwrap_or_default();
    let Some((_, _, run)) = WORDS.iter().find(|(name, _, _)| *name == word) else {
        eprintln!("usage: cargo xtask WORD\n");
        for (name, what, _) in WORDS {
            eprintln!("  {name:<8} {what}");
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

fn journey() -> Outcome {
    setup::for_building()?;
    cargo(&["bench", "-p", "earmark-tests", "--bench", "journey"])
}

/// The repository's root.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cargo(arguments: &[&str]) -> Outcome {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new(cargo).args(arguments))
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
