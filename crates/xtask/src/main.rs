//! The tasks of the project: `cargo xtask TASK`.
#![expect(clippy::print_stderr, reason = "a build tool talks to the terminal")]

mod bundle;
mod cargo_tools;
mod cuda;
mod deny;
mod duplicates;
mod fuzz;
mod long_check;
mod offline;
mod page;
mod pictures;
mod setup;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The name of a task, its description, and its function.
type Task = (&'static str, &'static str, fn() -> Outcome);

/// The tasks, in the order in which a newcomer needs them.
const TASKS: [Task; 15] = [
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
        "install the system packages for building and testing",
        setup::everything,
    ),
    ("lint", "check format and clippy, write nothing", lint),
    ("fmt", "format the code", fmt),
    (
        "types",
        "generate the page's TypeScript from the types and commands in Rust",
        types,
    ),
    ("desktop", "build and start the desktop app", desktop),
    (
        "bench",
        "load and decode at full size with random weights (release build)",
        bench,
    ),
    (
        "deny",
        "check licences, sources and advisories of the dependencies",
        deny::check,
    ),
    ("duplicates", "list duplicated code", duplicates::list),
    (
        "cuda",
        "build the command with CUDA, into target/cuda",
        cuda::build,
    ),
    (
        "bundle",
        "build the Debian package with the desktop app, the command and the demo model",
        bundle::make,
    ),
    (
        "try-bundle",
        "install that package, transcribe a sample, run the window's tests, remove it",
        bundle::test_installed,
    ),
    (
        "pictures",
        "take pictures of every screen in both languages, light and dark, into the folder SHOTS",
        pictures::take,
    ),
    (
        "long-check",
        "run one of these checks, or all:",
        long_check::run,
    ),
];

/// The result of a task: nothing, or a sentence that says what failed.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let mut tasks = TASKS.iter().chain(&long_check::CHECKS);
    let Some((_, _, run)) = tasks.find(|it| it.0 == name) else {
        eprintln!("usage: cargo xtask TASK\n");
        for (name, what, _) in TASKS {
            eprintln!("  {name:<10} {what}");
        }
        for (name, what, _) in long_check::CHECKS {
            eprintln!("    {name:<8} {what}");
        }
        return ExitCode::from(2);
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask {name}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn demo() -> Outcome {
    setup::for_building()?;
    // The profile of the tests: `cargo xtask test` has less to compile afterwards.
    cargo(&["build", "-p", "earmark-cli"])?;
    eprintln!("\n$ earmark transcribe samples/en-01.flac\n");
    run(Command::new(target().join("debug/earmark")).args(["transcribe", "samples/en-01.flac"]))
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

/// Runs the tests that compare the generated files with the sources, in a mode that writes them.
fn types() -> Outcome {
    run(Command::new(cargo_program())
        .args(["test", "-p", "earmark-app", "-p", "earmark-tests"])
        .args(["--lib", "--test", "ipc_commands", "generated_typescript"])
        .env("EARMARK_WRITE_TYPES", "1"))
}

fn desktop() -> Outcome {
    setup::everything()?;
    page::build()?;
    cargo(&["run", "-p", "earmark-desktop"])
}

fn bench() -> Outcome {
    setup::for_building()?;
    cargo(&["build", "--release", "-p", "earmark-cli"])?;
    run(Command::new(target().join("release/earmark")).args([
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

fn media_matrix() -> Outcome {
    setup::everything()?;
    run(Command::new(cargo_program())
        .args(["test", "-p", "earmark-cli", "--test", "media_matrix"])
        .env("EARMARK_MEDIA_MATRIX", "docs/MEDIA.md"))
}

/// Runs the tests of the real window.
fn window_tests(environment: &[(&str, &str)]) -> Outcome {
    run(Command::new(cargo_program())
        .args(["test", "--workspace", "--test", "window"])
        .envs(environment.iter().copied()))
}

/// The arguments after a task's name.
fn arguments_after(task: &str) -> Vec<String> {
    std::env::args()
        .skip_while(|it| it != task)
        .skip(1)
        .collect()
}

/// The repository's root.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Cargo's target folder.
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

/// Runs a command in the root; an error names the command.
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
