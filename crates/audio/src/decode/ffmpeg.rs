//! The external decoder ffmpeg, for formats that the native decoder does not support.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::{env, thread};

use super::child_output::{ChildOutput, IsCancelled, Next, PATIENCE};
use super::process::ffmpeg_command;
use crate::{Error, SAMPLE_RATE};

/// Containers that ffmpeg may read, by its names; others may be lists that lead to other files
/// (concat, HLS, DASH), devices, or pictures.
///
/// Source: `ffmpeg -demuxers`, those with sound.
const CONTAINERS: [&str; 109] = [
    "aa",
    "aac",
    "aax",
    "ac3",
    "aiff",
    "alaw",
    "amr",
    "amrnb",
    "amrwb",
    "apc",
    "ape",
    "aptx",
    "aptx_hd",
    "asf",
    "asf_o",
    "ast",
    "au",
    "avi",
    "avr",
    "bink",
    "binka",
    "caf",
    "cavsvideo",
    "cdxl",
    "daud",
    "dhav",
    "dsf",
    "dsicin",
    "dss",
    "dts",
    "dtshd",
    "dv",
    "eac3",
    "ea",
    "flac",
    "flv",
    "g722",
    "g723_1",
    "g726",
    "g726le",
    "g729",
    "gsm",
    "gxf",
    "iff",
    "ilbc",
    "ircam",
    "iv8",
    "ivf",
    "kux",
    "lmlm4",
    "loas",
    "live_flv",
    "m4v",
    "matroska,webm",
    "mlp",
    "mov,mp4,m4a,3gp,3g2,mj2",
    "mp3",
    "mpc",
    "mpc8",
    "mpeg",
    "mpegts",
    "mpegtsraw",
    "mpegvideo",
    "mtv",
    "mulaw",
    "musx",
    "mv",
    "mxf",
    "nistsphere",
    "nsv",
    "nut",
    "nuv",
    "ogg",
    "oma",
    "pmp",
    "pva",
    "pvf",
    "qcp",
    "rl2",
    "rm",
    "rso",
    "sbc",
    "shn",
    "siff",
    "smk",
    "sol",
    "sox",
    "spdif",
    "svs",
    "swf",
    "tak",
    "thp",
    "truehd",
    "tta",
    "ty",
    "vag",
    "vc1",
    "vivo",
    "voc",
    "vpk",
    "vqf",
    "w64",
    "wav",
    "wsaud",
    "wsd",
    "wtv",
    "wv",
    "xa",
    "xwma",
];

/// What ffmpeg says of a container that is not one of [`CONTAINERS`].
///
/// Source: `libavformat/demux.c` of ffmpeg 4 to 7.
const NOT_LISTED: &str = "not on whitelist";
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
    output: ChildOutput<io::Result<Vec<u8>>>,
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
    pub(super) fn start(
        program: &Path,
        path: &Path,
        placement: Placement,
        is_cancelled: &IsCancelled,
    ) -> Result<Self, Error> {
        let failed = |source: io::Error| Error::Ffmpeg {
            path: path.to_owned(),
            message: format!("{} did not start: {source}", program.display()),
        };
        // `file:` keeps a name that looks like an option or a URL from being taken for one.
        let mut input = OsString::from("file:");
        input.push(path);
        let mut command = ffmpeg_command(program, path);
        command
            .args([
                "-nostdin",
                "-hide_banner",
                "-nostats",
                "-loglevel",
                "level+error",
            ])
            .args(["-protocol_whitelist", "file,pipe"])
            .args(["-format_whitelist", &CONTAINERS.join(",")])
            .args(["-threads", "1", "-i"])
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
        let mut child = command.spawn().map_err(failed)?;
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
        let complaints = Some(thread::spawn(move || last_lines(stderr)));
        let output = ChildOutput::new(child, is_cancelled.clone(), |sender| {
            send_pieces(stdout, &sender);
        });
        Ok(Self {
            output,
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
        while samples.is_empty() {
            let piece = match self.output.next() {
                Next::Piece(Ok(piece)) => piece,
                Next::Piece(Err(broken)) => return self.end(Some(&broken.to_string())),
                Next::Closed => return self.end(None),
                Next::Cancelled => return Ok(()),
                Next::Stuck => {
                    let seconds = PATIENCE.as_secs();
                    return self.end(Some(&format!("it decoded nothing for {seconds} s")));
                }
            };
            let mut bytes = std::mem::take(&mut self.split);
            bytes.extend(piece);
            let (whole, rest) = bytes.as_chunks::<4>();
            samples.extend(whole.iter().map(|sample| f32::from_le_bytes(*sample)));
            self.split = rest.to_vec();
        }
        Ok(())
    }

    /// Waits for the program and returns its result.
    fn end(&mut self, broken: Option<&str>) -> Result<(), Error> {
        let Some(complaints) = self.complaints.take() else {
            return Ok(());
        };
        let status = self.output.wait();
        let lines = complaints.join().unwrap_or_default();
        let reason = match (broken, status) {
            (None, Ok(status)) if status.success() => return Ok(()),
            (None, Ok(status)) => status.to_string(),
            (None, Err(source)) => source.to_string(),
            (Some(reason), _) => reason.to_owned(),
        };
        let message = if lines.iter().any(|line| line.contains(NOT_LISTED)) {
            "it is a list of other files, a picture, or of a kind without sound".into()
        } else if lines.is_empty() || broken.is_some() {
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

/// Sends what comes, a quarter of a second at a time.
fn send_pieces(mut from: impl Read, sender: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = Vec::new();
        let read = (&mut from)
            .take(u64::from(SAMPLE_RATE))
            .read_to_end(&mut piece);
        let is_last = read.is_err() || piece.is_empty();
        let is_taken = piece.is_empty() || sender.send(Ok(piece)).is_ok();
        if let Err(broken) = read
            && is_taken
        {
            // Nobody takes it if the recording was closed.
            let _ = sender.send(Err(broken));
        }
        if is_last || !is_taken {
            return;
        }
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
