//! Output of the command: results go to standard output, messages to standard error.

use std::io::{self, Write};

/// Prints a part of the result and flushes it.
///
/// Errors: those of the system; a reader that closed the pipe is [recognised](is_closed_pipe).
pub(crate) fn print(text: &str) -> io::Result<()> {
    print_bytes(text.as_bytes())
}

/// The same, for formats that are not text.
pub(crate) fn print_bytes(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Prints a message on its own line.
pub(crate) fn message(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}"); // standard error may be closed
}

/// Whether an error comes from a reader that closed the pipe early, as `head` does.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    })
}
