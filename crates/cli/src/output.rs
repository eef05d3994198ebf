//! Output of the command: results go to standard output, messages to standard error.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

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

/// Prints a message on its own line; names in it may hold anything.
pub(crate) fn message(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", harmless(line)); // standard error may be closed
}

/// A text that a terminal shows and does not obey: control characters, which move its cursor or
/// change its colours, and those that turn the direction of text become visible. Line ends stay.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let is_harmful = |c: char| {
        let turns = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        (c.is_control() && !matches!(c, '\n' | '\t')) || turns
    };
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Prints a path on its own line: as it is for other programs, and to a terminal as it may show it.
///
/// Errors: as [`print`].
pub(crate) fn print_path(path: &Path) -> io::Result<()> {
    let shown = if io::stdout().is_terminal() {
        name(path)
    } else {
        path.display().to_string()
    };
    print(&format!("{shown}\n"))
}

/// A path on one line, as a terminal may show it.
pub(crate) fn name(path: &Path) -> String {
    let path = path.to_string_lossy();
    harmless(&path.replace(['\n', '\t'], " ")).into_owned()
}

/// Whether an error comes from a reader that closed the pipe early, as `head` does.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{harmless, name};

    #[test]
    fn a_terminal_shows_names_and_does_not_obey_them() {
        assert_eq!(harmless("plain 名字\n"), "plain 名字\n");
        assert_eq!(
            harmless("a\u{1b}[31mred\r\u{202E}b\u{9b}"),
            "a\\u{1b}[31mred\\u{d}\\u{202e}b\\u{9b}"
        );
        assert_eq!(name(Path::new("a\nerror: b\u{7}")), "a error: b\\u{7}");
    }
}
