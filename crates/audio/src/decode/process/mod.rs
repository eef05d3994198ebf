//! Decoding in a process of its own, which can reach nothing but the recording it is given.
//!
//! A recording is the most hostile input there is: anybody can send one, and decoders are where
//! programs of this kind are attacked. So the program starts itself once more ([`serve_if_asked`]),
//! with the open recording as standard input. That process confines itself ([`confinement`]) before
//! it reads a byte, decodes, and writes frames to a pipe. What kills it, or stops it from going on,
//! costs that one recording.
//!
//! Without [`decode_in_own_process`], as in tests, the same decoder runs in this process.

mod confinement;
mod message;
mod serve;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufReader, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;

use self::message::Message;
use super::child_output::{ChildOutput, IsCancelled, Next, PATIENCE};
use super::track::{Refusal, TrackDecoder, TrackState};

pub use self::confinement::{Confinement, confinement};
pub use self::serve::serve_if_asked;

/// The first argument of a decoding process.
const ENTRY: &str = "decode";
/// Its option: become ffmpeg.
const FFMPEG: &str = "--ffmpeg";
/// Its option: begin at a frame.
const SEEK: &str = "--seek";

/// The program whose `main` calls [`serve_if_asked`].
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Decodes every recording in a process of its own from now on.
///
/// The program of this process must call [`serve_if_asked`] before anything else.
pub fn decode_in_own_process() {
    let program = if cfg!(target_os = "linux") {
        // The program that runs, even if an update has replaced its file.
        Ok(PathBuf::from("/proc/self/exe"))
    } else {
        std::env::current_exe()
    };
    if let Ok(program) = program {
        let _ = PROGRAM.set(program);
    }
}

/// A command that runs `program` confined to `recording` and the system's libraries, or as it is if
/// decoding has no process of its own.
pub(super) fn ffmpeg_command(program: &Path, recording: &Path) -> Command {
    let mut command = match PROGRAM.get() {
        Some(own) => {
            let mut command = Command::new(own);
            command.args([OsStr::new(ENTRY), OsStr::new(FFMPEG)]);
            command.args([program, recording]);
            command
        }
        None => Command::new(program),
    };
    // Each arena of glibc reserves 64 MiB of address space, which is limited.
    command.env("MALLOC_ARENA_MAX", "1");
    without_console(&mut command);
    command
}

/// A decoder in a process of its own.
pub(super) struct DecodingProcess {
    /// For starting again after a seek.
    file: File,
    output: ChildOutput<Message>,
    is_cancelled: IsCancelled,
    state: TrackState,
    is_over: bool,
}

impl DecodingProcess {
    /// Starts decoding of `file` in a process of its own; `None` if there is none or it does not
    /// start. Also gives what is worth saying about the file beforehand.
    pub(super) fn start(
        file: &File,
        is_cancelled: &IsCancelled,
    ) -> Option<Result<(Self, Vec<String>), Refusal>> {
        let program = PROGRAM.get()?;
        let output = spawn(program, file, None, is_cancelled).ok()?;
        let file = file.try_clone().ok()?;
        let mut process = Self {
            file,
            output,
            is_cancelled: is_cancelled.clone(),
            state: TrackState::default(),
            is_over: false,
        };
        Some(match process.output.next() {
            Next::Piece(Message::Opened(opened)) => {
                process.state = opened.state;
                Ok((process, opened.remarks))
            }
            Next::Piece(Message::Refused(refusal)) => Err(refusal),
            next => Err(Refusal::Malformed(process.why_it_ended(&next))),
        })
    }

    fn why_it_ended(&mut self, next: &Next<Message>) -> String {
        match next {
            Next::Cancelled => "decoding was cancelled".into(),
            Next::Stuck => format!("nothing could be decoded for {} s", PATIENCE.as_secs()),
            Next::Piece(_) | Next::Closed => match self.output.wait() {
                Ok(status) => describe(status),
                Err(error) => error.to_string(),
            },
        }
    }
}

impl TrackDecoder for DecodingProcess {
    fn state(&self) -> TrackState {
        self.state.clone()
    }

    fn next_chunk(&mut self, mono: &mut Vec<f32>) -> Option<u32> {
        mono.clear();
        while !self.is_over {
            match self.output.next() {
                Next::Piece(Message::State(state)) => self.state = state,
                Next::Piece(Message::Frames(frames)) if frames.is_empty() => {}
                Next::Piece(Message::Frames(frames)) => {
                    *mono = frames;
                    return Some(self.state.rate_hz);
                }
                Next::Piece(Message::End) | Next::Cancelled => self.is_over = true,
                next => {
                    self.state.failure = Some(self.why_it_ended(&next));
                    self.is_over = true;
                }
            }
        }
        None
    }

    fn seek(&mut self, frame: u64) -> bool {
        let Some(program) = PROGRAM.get() else {
            return false;
        };
        // Both processes would share one position in the file.
        self.output.end();
        let started = spawn(program, &self.file, Some(frame), &self.is_cancelled);
        let Ok(output) = started else { return false };
        self.output = output;
        match self.output.next() {
            Next::Piece(Message::Opened(opened)) => {
                self.state = opened.state;
                self.is_over = false;
                opened.has_sought
            }
            _ => false,
        }
    }
}

/// Starts a process that decodes `file`, from `frame` on if there is one.
fn spawn(
    program: &Path,
    file: &File,
    frame: Option<u64>,
    is_cancelled: &IsCancelled,
) -> io::Result<ChildOutput<Message>> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    let mut command = Command::new(program);
    command.arg(ENTRY);
    if let Some(frame) = frame {
        command.arg(SEEK).arg(frame.to_string());
    }
    without_console(&mut command);
    let mut child = command
        .stdin(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let stdout = child.stdout.take().expect("stdout is piped");
    Ok(ChildOutput::new(child, is_cancelled.clone(), |sender| {
        let mut stdout = BufReader::with_capacity(1 << 16, stdout);
        while let Ok(message) = Message::read(&mut stdout) {
            let is_last = matches!(message, Message::End | Message::Refused(_));
            if sender.send(message).is_err() || is_last {
                return;
            }
        }
    }))
}

/// Why a decoding process ended early, in words for a person.
fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        const SIGABRT: i32 = 6;
        match status.signal() {
            // How the standard library ends a process that gets no memory.
            Some(SIGABRT) => return "decoding it needs too much memory".into(),
            Some(signal) => return format!("its decoder was ended by signal {signal}"),
            None => {}
        }
    }
    format!("its decoder ended unexpectedly ({status})")
}

/// Windows opens a console for a program of the terminal otherwise.
fn without_console(command: &mut Command) {
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt as _;
        command.creation_flags(0x0800_0000); // CREATE_NO_WINDOW
    }
    #[cfg(not(windows))]
    let _ = command;
}
