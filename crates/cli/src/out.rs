//! The two streams of a terminal: results go to standard output, everything else to standard
//! error.

use std::io::{self, Write};

/// Writes a piece of the result, at once.
///
/// Errors: what the system says; a reader that went away is a [closed pipe](is_closed_pipe).
pub(crate) fn print(text: &str) -> io::Result<()> {
    print_bytes(text.as_bytes())
}

/// The same, for formats that are not text.
pub(crate) fn print_bytes(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Tells the person something, on a line of its own.
pub(crate) fn say(line: &str) {
    // There is nobody to tell when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Whether an error is a reader that has read enough, as `head` does.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    })
}
