//! The decoding process itself: confined, it reads its standard input and writes messages.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write};
use std::process::ExitCode;

use super::message::{Message, Opened};
use super::{ENTRY, FFMPEG, SEEK, confinement};
use crate::decode::native::Native;
use crate::decode::track::TrackDecoder as _;

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
    let done = match arguments.next() {
        Some(option) if option == FFMPEG => run_ffmpeg(arguments),
        Some(option) if option == SEEK => {
            match arguments.next().as_deref().and_then(frame_number) {
                Some(frame) => decode(Some(frame)),
                None => Err(not_for_people()),
            }
        }
        None => decode(None),
        Some(_) => Err(not_for_people()),
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

fn frame_number(argument: &OsStr) -> Option<u64> {
    argument.to_str()?.parse().ok()
}

fn not_for_people() -> io::Error {
    io::Error::other("Earmark starts this by itself, with a recording as its standard input")
}

/// Decodes standard input to standard output.
fn decode(seek: Option<u64>) -> io::Result<()> {
    let (mut file, out) = standard_streams()?;
    if !file.metadata()?.is_file() {
        return Err(not_for_people());
    }
    file.rewind()?;
    confinement::confine_decoder()?;
    let mut out = BufWriter::with_capacity(1 << 16, out);
    match Native::open(file) {
        Ok(native) => send_track(native, seek, &mut out)?,
        Err(refusal) => Message::Refused(refusal).write(&mut out)?,
    }
    out.flush()
}

/// Sends the track, from a frame on.
fn send_track(mut native: Native, seek: Option<u64>, out: &mut impl Write) -> io::Result<()> {
    let mut chunk = Vec::new();
    let remarks = native.take_remarks();
    // Time stamps of the first packet say where the frames of a seek are.
    let has_sought =
        seek.is_some_and(|frame| native.next_chunk(&mut chunk).is_some() && native.seek(frame));
    let mut state = native.state();
    let opened = Opened {
        remarks,
        state: state.clone(),
        has_sought,
    };
    Message::Opened(opened).write(out)?;
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
