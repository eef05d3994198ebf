//! Checks that take minutes or hours: `cargo xtask long-check NAME`.

use crate::{Outcome, Task, arguments_after, fuzz, journey, media_matrix, offline, typing};

/// The checks; each is also a separate task.
pub(crate) const CHECKS: [Task; 5] = [
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
