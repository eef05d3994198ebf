//! The decoding process itself: confined, it reads its standard input and writes messages.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write};
use std::process::ExitCode;

use super::message::Message;
use super::{ENTRY, FFMPEG, FROM, PROTOCOL, PROTOCOL_VERSION, TRACK, confinement};
use crate::decode::native::Native;
use crate::decode::track::{TrackDecoder as _, TrackFacts, Wanted};

/// Frames in a message, unless something changes before: a quarter of a second at 48 kHz.
const N_FRAMES: usize = 12_000;

/// Does the work of a decoding process, when this process was started as one.
///
/// A program calls this before anything else, so that no thread runs yet.
pub fn serve_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != ENTRY {
        return None;
    }
    let mut arguments = arguments.peekable();
    let done = if arguments.next_if(|it| it == FFMPEG).is_some() {
        run_ffmpeg(arguments)
    } else {
        match wanted(arguments) {
            Some(wanted) => decode(wanted),
            None => Err(not_for_people()),
        }
    };
    Some(match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Goes to whoever started this process; a closed pipe is no reason to panic.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    })
}

/// What the options of a decoding process ask for; `None` if they are none.
fn wanted(mut options: impl Iterator<Item = OsString>) -> Option<Wanted> {
    let mut wanted = Wanted::default();
    while let Some(option) = options.next() {
        let value = options.next()?.into_string().ok()?;
        match option.to_str()? {
            TRACK => wanted.track = Some(value.parse().ok()?),
            FROM => wanted.from = value.parse().ok()?,
            PROTOCOL if value == PROTOCOL_VERSION => {}
            _ => return None,
        }
    }
    Some(wanted)
}

fn not_for_people() -> io::Error {
    io::Error::other("Earmark starts this by itself, with a recording as its standard input")
}

/// Decodes standard input to standard output.
fn decode(wanted: Wanted) -> io::Result<()> {
    let (mut file, out) = standard_streams()?;
    if !file.metadata()?.is_file() {
        return Err(not_for_people());
    }
    file.rewind()?;
    confinement::confine_decoder()?;
    let mut out = BufWriter::with_capacity(1 << 16, out);
    match Native::open(file, wanted) {
        Ok((native, facts)) => send_track(native, facts, &mut out)?,
        Err(refusal) => Message::Refused(refusal).write(&mut out)?,
    }
    out.flush()
}

/// Sends the track.
fn send_track(mut native: Native, facts: TrackFacts, out: &mut impl Write) -> io::Result<()> {
    let mut state = native.state();
    Message::Opened(facts, state.clone()).write(out)?;
    let mut chunk = Vec::new();
    let mut pending = Vec::new();
    loop {
        let rate_hz = native.next_chunk(&mut chunk);
        let now = native.state();
        if now != state || rate_hz.is_none() || pending.len() >= N_FRAMES {
            send_frames(&mut pending, out)?;
        }
        if now != state {
            state = now;
            Message::State(state.clone()).write(out)?;
        }
        if rate_hz.is_none() {
            return Message::End.write(out);
        }
        pending.append(&mut chunk);
    }
}

fn send_frames(pending: &mut Vec<f32>, out: &mut impl Write) -> io::Result<()> {
    if pending.is_empty() {
        return Ok(());
    }
    Message::Frames(std::mem::take(pending)).write(out)?;
    out.flush()
}

/// Becomes the ffmpeg that the arguments name: its program, the recording, its own arguments.
fn run_ffmpeg(mut arguments: impl Iterator<Item = OsString>) -> io::Result<()> {
    let (Some(program), Some(recording)) = (arguments.next(), arguments.next()) else {
        return Err(not_for_people());
    };
    confinement::confine_ffmpeg(program.as_ref(), recording.as_ref())?;
    let mut command = std::process::Command::new(&program);
    command.args(arguments);
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        let error = command.exec();
        let program = program.display();
        Err(io::Error::new(
            error.kind(),
            format!("{program} did not start: {error}"),
        ))
    }
    #[cfg(not(unix))]
    {
        let status = command.status()?;
        std::process::exit(status.code().unwrap_or(1))
    }
}

/// Standard input and output as files, without the buffers of the standard library.
fn standard_streams() -> io::Result<(File, File)> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        let file = |fd: std::os::fd::BorrowedFd<'_>| fd.try_clone_to_owned().map(File::from);
        Ok((file(io::stdin().as_fd())?, file(io::stdout().as_fd())?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle as _;
        let file =
            |it: std::os::windows::io::BorrowedHandle<'_>| it.try_clone_to_owned().map(File::from);
        Ok((
            file(io::stdin().as_handle())?,
            file(io::stdout().as_handle())?,
        ))
    }
}
