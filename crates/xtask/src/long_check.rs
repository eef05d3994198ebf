//! Checks that take minutes or hours: `cargo xtask long-check NAME`.

use crate::{Outcome, Task, behind, fuzz, journey, offline, typing};

/// The checks; each is also a task of its own.
pub(crate) const CHECKS: [Task; 4] = [
    (
        "offline",
        "run every test where there is no network but loopback",
        offline::test,
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
        "fuzz",
        "files that others made, SECONDS (60) for each target (nightly options)",
        fuzz::run_targets,
    ),
];

/// Runs the check that is named behind the task, or all of them.
pub(crate) fn run() -> Outcome {
    let Some(name) = behind("long-check").into_iter().next() else {
        let names: Vec<&str> = CHECKS.iter().map(|(name, _, _)| *name).collect();
        return Err(format!("which one: {}, or all?", names.join(", ")));
    };
    let is_asked = |it: &&Task| name == "all" || it.0 == name;
    let asked: Vec<&Task> = CHECKS.iter().filter(is_asked).collect();
    if asked.is_empty() {
        return Err(format!("there is no long check `{name}`"));
    }
    asked.into_iter().try_for_each(|(_, _, run)| run())
}
