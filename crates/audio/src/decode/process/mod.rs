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
use std::sync::atomic::{AtomicBool, Ordering};

use self::message::Message;
use super::child_output::{ChildOutput, IsCancelled, Next, PATIENCE};
use super::track::{Refusal, TrackDecoder, TrackFacts, TrackState, Wanted};

pub use self::confinement::{Confinement, confinement};
pub use self::serve::serve_if_asked;

/// The first argument of a decoding process.
const ENTRY: &str = "decode";
/// Its option: become ffmpeg.
const FFMPEG: &str = "--ffmpeg";
/// Its option: the number of the audio track.
const TRACK: &str = "--track";
/// Its option: the sample to begin at.
const FROM: &str = "--from";
/// Its option: the version of the options and messages. A process of another version refuses.
const PROTOCOL: &str = "--protocol";
/// Changes with the options and the messages.
const PROTOCOL_VERSION: &str = "2";

/// The programs whose `main` calls [`serve_if_asked`].
static PROGRAMS: OnceLock<Programs> = OnceLock::new();

/// The programs that can be a decoding process.
#[derive(Debug)]
struct Programs {
    own: PathBuf,
    /// One that starts faster, until it turns out to be of another version.
    beside: Option<PathBuf>,
    is_beside_refused: AtomicBool,
}

impl Programs {
    /// The one to start.
    fn preferred(&self) -> &Path {
        let beside = self.beside.as_deref();
        let beside = beside.filter(|_| !self.is_beside_refused.load(Ordering::Relaxed));
        beside.unwrap_or(&self.own)
    }
}

/// Decodes every recording in a process of its own from now on.
///
/// `beside` is the name of a program in the folder of this one that starts faster: one that links a
/// webview takes 0.1 s before its `main` runs. If it is not there, or is of another version, this
/// program is started. Both must call [`serve_if_asked`] before anything else.
pub fn decode_in_own_process(beside: Option<&str>) {
    let Ok(current) = std::env::current_exe() else {
        return;
    };
    let beside = beside.map(|name| {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        current.with_file_name(name)
    });
    let own = if cfg!(target_os = "linux") {
        // The program that runs, even if an update has replaced its file.
        PathBuf::from("/proc/self/exe")
    } else {
        current
    };
    let _ = PROGRAMS.set(Programs {
        own,
        beside: beside.filter(|path| path.is_file()),
        is_beside_refused: AtomicBool::new(false),
    });
}

/// A command that runs `program` confined to `recording` and the system's libraries, or as it is if
/// decoding has no process of its own.
pub(super) fn ffmpeg_command(program: &Path, recording: &Path) -> Command {
    let mut command = match PROGRAMS.get() {
        Some(programs) => {
            let mut command = Command::new(programs.preferred());
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
    output: ChildOutput<Message>,
    state: TrackState,
    is_over: bool,
}

impl DecodingProcess {
    /// Starts decoding of `file` in a process of its own; `None` if there is none or it does not
    /// start.
    pub(super) fn start(
        file: &File,
        wanted: Wanted,
        is_cancelled: &IsCancelled,
    ) -> Option<Result<(Self, TrackFacts), Refusal>> {
        let programs = PROGRAMS.get()?;
        let program = programs.preferred();
        let mut process = Self {
            output: spawn(program, file, wanted, is_cancelled).ok()?,
            state: TrackState::default(),
            is_over: false,
        };
        let mut first = process.output.next();
        if matches!(first, Next::Closed)
            && program != programs.own
            && process.output.wait().is_ok_and(|it| it.code() == Some(1))
        {
            programs.is_beside_refused.store(true, Ordering::Relaxed);
            process.output = spawn(&programs.own, file, wanted, is_cancelled).ok()?;
            first = process.output.next();
        }
        Some(match first {
            Next::Piece(Message::Opened(facts, state)) => {
                process.state = state;
                Ok((process, facts))
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
}

/// Starts a process that decodes what is wanted of `file`.
fn spawn(
    program: &Path,
    file: &File,
    wanted: Wanted,
    is_cancelled: &IsCancelled,
) -> io::Result<ChildOutput<Message>> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    let mut command = Command::new(program);
    command.args([ENTRY, PROTOCOL, PROTOCOL_VERSION]);
    if let Some(track) = wanted.track {
        command.arg(TRACK).arg(track.to_string());
    }
    if wanted.from > 0 {
        command.arg(FROM).arg(wanted.from.to_string());
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
