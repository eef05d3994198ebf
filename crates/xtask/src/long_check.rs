//! Checks that take minutes or hours: `cargo xtask long-check NAME`.

use std::process::Command;

use crate::{
    Outcome, Task, arguments_after, cargo, cargo_program, fuzz, journey, media_matrix, offline,
    run as run_program, setup, typing,
};

/// The checks; each is also a separate task.
pub(crate) const CHECKS: [Task; 7] = [
    (
        "offline",
        "run every test without a network, only loopback",
        offline::test,
    ),
    (
        "typing",
        "time from a key press to its paint in the real window, with 40,000 words (release build)",
        typing,
    ),
    (
        "journey",
        "a full-size model from download to text and to unloading (release build)",
        journey,
    ),
    (
        "kills",
        "kill every writer 50 times at random moments; what it finished is there",
        kills,
    ),
    (
        "speakers",
        "memory and time of telling speakers apart for one hour and three (release build)",
        speakers,
    ),
    (
        "fuzz",
        "fuzz the readers of foreign files, SECONDS (60) per target (nightly options)",
        fuzz::run_targets,
    ),
    (
        "media-matrix",
        "read 167 files of every format as ffmpeg reads them, and write docs/MEDIA.md",
        media_matrix,
    ),
];

/// Runs the tests that kill processes, with more kills.
fn kills() -> Outcome {
    setup::for_building()?;
    let test = |package: &str, test: &str, name: &str| {
        run_program(
            Command::new(cargo_program())
                .args(["test", "--package", package, "--test", test, "--", name])
                .args(["--nocapture"])
                .env("EARMARK_TEST_KILLS", "50"),
        )
    };
    test("earmark-store", "store", "a_process_killed_at_any_moment")?;
    test("earmark-cli", "transcribe", "killed_runs_go_on")?;
    test("earmark-cli", "models", "a_killed_import")?;
    test("earmark-cli", "listen", "processes_killed_at_any_moment")
}

fn speakers() -> Outcome {
    cargo(&["bench", "--workspace", "--bench", "speakers"])
}

/// Runs the named check, or all of them.
pub(crate) fn run() -> Outcome {
    let Some(name) = arguments_after("long-check").into_iter().next() else {
        let names: Vec<&str> = CHECKS.iter().map(|(name, _, _)| *name).collect();
        return Err(format!("name a check: {}, or all", names.join(", ")));
    };
    let is_asked = |it: &&Task| name == "all" || it.0 == name;
    let asked: Vec<&Task> = CHECKS.iter().filter(is_asked).collect();
    if asked.is_empty() {
        return Err(format!("there is no long check `{name}`"));
    }
    asked.into_iter().try_for_each(|(_, _, run)| run())
}
