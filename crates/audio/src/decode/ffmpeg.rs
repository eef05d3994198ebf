//! The external decoder ffmpeg, for formats that the native decoder does not support.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::{env, thread};

use crate::{Error, SAMPLE_RATE};

/// Lines of error output that are kept.
const N_COMPLAINTS: usize = 3;
/// Bytes of a line of error output that are kept.
const N_LINE: usize = 400;

/// The path of the program `ffmpeg`, if it is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ffmpeg(Option<PathBuf>);

impl Ffmpeg {
    /// The ffmpeg on the `PATH` of this process.
    pub fn on_path() -> Self {
        env::var_os("PATH").map_or(Self(None), |folders| Self::find_in(&folders))
    }

    /// The first ffmpeg in a list of folders written like `PATH`.
    ///
    /// Relative folders are skipped, so that a file cannot be delivered with its own decoder.
    pub fn find_in(folders: &OsStr) -> Self {
        let name = format!("ffmpeg{}", env::consts::EXE_SUFFIX);
        let found = env::split_paths(folders)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(&name))
            .find(|program| is_program(program));
        Self(found)
    }

    /// The program at this path.
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self(Some(program.into()))
    }

    /// No ffmpeg, even if it is installed.
    pub fn none() -> Self {
        Self(None)
    }

    /// The program, when there is one.
    pub fn program(&self) -> Option<&Path> {
        self.0.as_deref()
    }
}

/// A running ffmpeg that writes mono samples at [`SAMPLE_RATE`]; it ends with this value.
pub(super) struct Conversion {
    child: Child,
    stdout: BufReader<ChildStdout>,
    complaints: Option<JoinHandle<Vec<String>>>,
    path: PathBuf,
    /// Bytes of a sample whose rest has not come yet.
    split: Vec<u8>,
}

/// Where samples stand that ffmpeg decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// Where the time stamps of the container say: silence fills a late start and holes.
    Stamps,
    /// One behind the other: a bare stream has no time stamps, and ffmpeg guesses them by its bit
    /// rate.
    Continuous,
}

impl Conversion {
    /// Starts `program` on the file `path`.
    ///
    /// Errors: `Ffmpeg` when the program cannot be started.
    pub(super) fn start(program: &Path, path: &Path, placement: Placement) -> Result<Self, Error> {
        let failed = |source: io::Error| Error::Ffmpeg {
            path: path.to_owned(),
            message: format!("{} did not start: {source}", program.display()),
        };
        // `file:` keeps a name that looks like an option or a URL from being taken for one.
        let mut input = OsString::from("file:");
        input.push(path);
        let mut command = Command::new(program);
        command
            .args([
                "-nostdin",
                "-hide_banner",
                "-nostats",
                "-loglevel",
                "level+error",
            ])
            .args(["-protocol_whitelist", "file,pipe", "-i"])
            .arg(input)
            .args(["-vn", "-sn", "-dn", "-ac", "1", "-af"])
            .arg(match placement {
                Placement::Stamps => format!("aresample={SAMPLE_RATE}:async=1:first_pts=0"),
                Placement::Continuous => format!("aresample={SAMPLE_RATE}"),
            })
            .args(["-c:a", "pcm_f32le", "-f", "f32le", "pipe:1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt as _;
            command.creation_flags(0x0800_0000); // CREATE_NO_WINDOW
        }
        let mut child = command.spawn().map_err(failed)?;
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
        let complaints = Some(thread::spawn(move || last_lines(stderr)));
        Ok(Self {
            child,
            stdout,
            complaints,
            path: path.to_owned(),
            split: Vec::new(),
        })
    }

    /// Replaces `samples` by the next ones; none at the end.
    ///
    /// Errors: `Ffmpeg` if it failed; earlier samples are valid.
    pub(super) fn next_chunk(&mut self, samples: &mut Vec<f32>) -> Result<(), Error> {
        samples.clear();
        let mut bytes = std::mem::take(&mut self.split);
        let n_wanted = u64::from(SAMPLE_RATE); // a quarter of a second
        let read = (&mut self.stdout).take(n_wanted).read_to_end(&mut bytes);
        let (whole, rest) = bytes.as_chunks::<4>();
        samples.extend(whole.iter().map(|sample| f32::from_le_bytes(*sample)));
        self.split = rest.to_vec();
        if samples.is_empty() {
            self.end(read.err())
        } else {
            Ok(())
        }
    }

    /// Waits for the program and returns its result.
    fn end(&mut self, broken: Option<io::Error>) -> Result<(), Error> {
        let Some(complaints) = self.complaints.take() else {
            return Ok(());
        };
        let status = self.child.wait();
        let lines = complaints.join().unwrap_or_default();
        let reason = match (broken, status) {
            (Some(source), _) | (None, Err(source)) => source.to_string(),
            (None, Ok(status)) if status.success() => return Ok(()),
            (None, Ok(status)) => status.to_string(),
        };
        let message = if lines.is_empty() {
            reason
        } else {
            lines.join("; ")
        };
        Err(Error::Ffmpeg {
            path: self.path.clone(),
            message,
        })
    }
}

impl Drop for Conversion {
    fn drop(&mut self) {
        // Both fail only if it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads to the end and keeps the last lines, without ffmpeg's log level prefix.
fn last_lines(mut from: impl io::BufRead) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let n = (&mut from)
            .take(N_LINE as u64)
            .read_until(b'\n', &mut line)
            .unwrap_or(0);
        if n == 0 {
            return lines;
        }
        let text = String::from_utf8_lossy(&line);
        let text = without_origin(text.trim());
        if !text.is_empty() {
            if lines.len() == N_COMPLAINTS {
                lines.remove(0);
            }
            lines.push(text.to_owned());
        }
    }
}

/// A line without what ffmpeg writes before it: its part, with an address, and the level.
fn without_origin(mut line: &str) -> &str {
    while let Some((origin, rest)) = line.strip_prefix('[').and_then(|it| it.split_once("] ")) {
        if !matches!(origin, "error" | "fatal") && !origin.contains(" @ 0x") {
            break;
        }
        line = rest;
    }
    line
}

/// Whether this is an executable file.
fn is_program(path: &Path) -> bool {
    let Ok(metadata) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o111 == 0 {
            return false;
        }
    }
    metadata.is_file()
}
