//! The log is what the program did last, in two small files of its own; never what was said.
//!
//! It is made to be shown to others: recordings are called by their number in the history, and
//! [`discreet`] takes names out of messages that were made for the person alone.

use std::fs::{self, File};
use std::io::{self, Write};
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use jiff::Timestamp;

use crate::api::{Level, LogLine};

/// What is written to now, and what was before it was full.
const FILES: [&str; 2] = ["earmark.log", "earmark.old.log"];

/// How long a file gets; some two thousand lines. Units: bytes.
const FULL: u64 = 256 * 1024;

static LOG: OnceLock<Mutex<Log>> = OnceLock::new();

/// The file that is written to.
struct Log {
    folder: PathBuf,
    file: Option<File>,
    n_bytes: u64,
    full: u64,
}

/// Where the log lies.
pub fn folder(data: &Path) -> PathBuf {
    data.join("log")
}

/// Begins to write into a folder, panics too. Without it, and where a folder cannot be written to,
/// nothing is written: a log is no reason to fail.
pub fn start(folder: PathBuf) {
    if LOG.set(Mutex::new(Log::new(folder, FULL))).is_err() {
        return;
    }
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        usual(panic);
        let said = panic.payload();
        let said = (said.downcast_ref::<&str>().copied())
            .or_else(|| said.downcast_ref::<String>().map(String::as_str));
        let place = panic.location().map_or(String::new(), ToString::to_string);
        let said = discreet(said.unwrap_or_default());
        write(Level::Error, &format!("panic at {place}: {said}"));
    }));
}

/// Writes what happened.
pub fn info(text: &str) {
    write(Level::Info, text);
}

/// Writes what went wrong.
pub fn warn(text: &str) {
    write(Level::Warn, text);
}

fn write(level: Level, text: &str) {
    // A panic while it is locked must not wait for itself.
    if let Some(Ok(mut log)) = LOG.get().map(Mutex::try_lock) {
        let _ = log.write(Timestamp::now(), level, text);
    }
}

/// The newest lines, oldest first.
pub fn newest(folder: &Path, n: usize) -> Vec<LogLine> {
    let read = |name: &&str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let [now, before] = FILES.each_ref().map(read);
    let mut lines: Vec<LogLine> = before
        .lines()
        .chain(now.lines())
        .filter_map(parse)
        .collect();
    lines.drain(..lines.len().saturating_sub(n));
    lines
}

/// A message without names: without what stands in it between quotation marks, and without paths.
pub fn discreet(message: &str) -> String {
    without_paths(&without_quotations(message))
}

fn without_quotations(message: &str) -> String {
    let mut rest = message;
    let mut kept = String::new();
    while let Some(at) = rest.find(['`', '"']) {
        let (before, quoted) = rest.split_at(at);
        kept.push_str(before);
        kept.push('…');
        // What is not closed may be anything.
        rest = quoted[1..]
            .split_once(&quoted[..1])
            .map_or("", |(_, rest)| rest);
    }
    kept + rest
}

/// Nobody can say where a path ends that is not between quotation marks, so everything is left out
/// up to the last colon.
fn without_paths(message: &str) -> String {
    let is_path = |word: &&str| word.contains(['/', '\\']) && !word.contains("https://");
    let mut rest = message;
    let mut kept = String::new();
    while let Some(word) = rest.split_whitespace().find(is_path) {
        let (before, path) = rest.split_at(word.as_ptr().addr() - rest.as_ptr().addr());
        kept.push_str(before);
        kept.push('…');
        // Behind the last colon there is no other, so this is gone through twice at most.
        rest = path.rfind(": ").map_or("", |end| &path[end..]);
    }
    kept + rest
}

impl Log {
    fn new(folder: PathBuf, full: u64) -> Self {
        Self {
            folder,
            file: None,
            n_bytes: 0,
            full,
        }
    }

    fn write(&mut self, at: Timestamp, level: Level, text: &str) -> io::Result<()> {
        if self.n_bytes > self.full {
            self.file = None;
            let [now, before] = FILES.map(|name| self.folder.join(name));
            fs::rename(now, before)?;
        }
        if self.file.is_none() {
            earmark_files::create_private_folder(&self.folder)?;
            let path = self.folder.join(FILES[0]);
            let file = earmark_files::open_private(&path)?;
            self.n_bytes = file.metadata()?.len();
            self.file = Some(file);
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = format!("{at:.3} {} {text}\n", level.name());
        self.n_bytes += line.len() as u64;
        match &mut self.file {
            Some(file) => file.write_all(line.as_bytes()),
            None => Ok(()),
        }
    }
}

impl Level {
    const ALL: [Self; 4] = [Self::Error, Self::Warn, Self::Info, Self::Debug];

    fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

fn parse(line: &str) -> Option<LogLine> {
    let (at, line) = line.split_once(' ')?;
    let (level, text) = line.split_once(' ')?;
    let at: Timestamp = at.parse().ok()?;
    Some(LogLine {
        at: at.as_millisecond(),
        level: Level::ALL.into_iter().find(|known| known.name() == level)?,
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;

    use super::{FILES, Log, discreet, newest};
    use crate::api::Level;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    #[test]
    fn lines_come_back_and_a_full_file_makes_room_for_another() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("log");
        let mut log = Log::new(folder.clone(), 1000);
        for nth in 0..100 {
            let text = format!("entry {nth}:\nbegins");
            log.write(at(1_700_000_000_000 + nth), Level::Info, &text)
                .unwrap();
        }
        let lines = newest(&folder, 500);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        let n = texts.len();
        assert!((20..100).contains(&n), "{n} lines");
        for (nth, line) in lines.iter().enumerate() {
            let nth = 100 - n + nth;
            assert_eq!(line.text, format!("entry {nth}: begins"));
            assert_eq!(line.at, 1_700_000_000_000 + nth as i64);
            assert_eq!(line.level, Level::Info);
        }
        assert_eq!(newest(&folder, 3).len(), 3);
        assert_eq!(newest(&folder, 3)[2], lines[n - 1]);
        for name in FILES {
            assert!(fs::metadata(folder.join(name)).unwrap().len() < 1100);
        }
        // The next process goes on behind it.
        Log::new(folder.clone(), 1000)
            .write(at(1_700_000_001_000), Level::Warn, "again")
            .unwrap();
        assert_eq!(newest(&folder, 500).len(), n + 1);
    }

    #[test]
    fn what_is_no_line_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest(folder.path(), 9), []);
        fs::write(folder.path().join(FILES[0]), "x\n1 2 3\n\n\u{0}").unwrap();
        assert_eq!(newest(folder.path(), 9), []);
    }

    #[test]
    fn names_are_left_out() {
        let check = |message: &str, expected: &str| assert_eq!(discreet(message), expected);
        check("the disk is full", "the disk is full");
        check("cannot read `/home/m/a \"b\".wav`: no", "cannot read …: no");
        check(
            "`a` is not `b`; it lies at \"c\"",
            "… is not …; it lies at …",
        );
        check(
            "it is inside '会' (bytes 0..3) of `会",
            "it is inside '会' (bytes 0..3) of …",
        );
        check("`", "…");
        check(
            "/home/m/Mrs: Miller.wav: empty; copy it",
            "…: empty; copy it",
        );
        check(r"cannot use C:\Mrs Miller.wav", "cannot use …");
        check(
            "/a b.wav: ffmpeg says: x; y (https://ffmpeg.org)",
            "…: x; y (https://ffmpeg.org)",
        );
        check("/a.wav: it wants /b c.wav", "…: it wants …");
        check("https://a/b /b: no", "https://a/b …: no");
        check(&"/a: ".repeat(25_000), "…: ");
        check(&"/a `b` ".repeat(25_000), "…");
    }
}
