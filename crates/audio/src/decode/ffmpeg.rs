//! The external decoder ffmpeg, for formats that the native decoder does not support.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::{env, thread};

use super::audio_tracks::{AudioTrack, AudioTracks};
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
/// What it says when there is no track of the number that was asked for.
///
/// Source: `fftools/ffmpeg_opt.c` of ffmpeg 4 to 7.
const NO_STREAM: &str = "matches no streams";
/// Keeps the start of sound that begins after the picture: without any shift, ffmpeg moves a stream
/// of packets (MPEG-TS, MPEG-PS) whose picture is not decoded to its own first packet.
///
/// Units: seconds. Source: "Correcting start time" in `fftools/ffmpeg.c` and `ffmpeg_demux.c`.
const SHIFT: &str = "0.000001";
/// Tracks that are listed.
const N_TRACKS: usize = 100;
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
    messages: Option<JoinHandle<Messages>>,
    path: PathBuf,
    /// The number of the track that was asked for.
    track: Option<u32>,
    remark: Option<String>,
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
    /// Starts `program` on the audio track of this number, counted from 1, of the file `path`, or on
    /// the one that it prefers.
    ///
    /// Errors: `Ffmpeg` when the program cannot be started.
    pub(super) fn start(
        program: &Path,
        path: &Path,
        track: Option<u32>,
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
                "level+info",
            ])
            .args(["-protocol_whitelist", "file,pipe"])
            .args(["-format_whitelist", &CONTAINERS.join(",")])
            .args(["-itsoffset", SHIFT])
            .args(["-threads", "1", "-i"])
            .arg(input);
        if let Some(number) = track {
            let at = number.saturating_sub(1);
            command.args(["-map", &format!("0:a:{at}")]);
        }
        command
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
        let messages = Some(thread::spawn(move || Messages::read(stderr)));
        let output = ChildOutput::new(child, is_cancelled.clone(), |sender| {
            send_pieces(stdout, &sender);
        });
        Ok(Self {
            output,
            messages,
            path: path.to_owned(),
            track,
            remark: None,
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
        let Some(messages) = self.messages.take() else {
            return Ok(());
        };
        let status = self.output.wait();
        let messages = messages.join().unwrap_or_default();
        if self.track.is_none() {
            self.remark = messages.remark();
        }
        let lines = messages.complaints;
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
        let path = self.path.clone();
        Err(match self.track {
            Some(wanted) if lines.iter().any(|line| line.contains(NO_STREAM)) => {
                let found = messages.tracks.to_string();
                Error::NoSuchTrack {
                    path,
                    wanted,
                    found,
                }
            }
            _ => Error::Ffmpeg { path, message },
        })
    }

    /// What a person should know about the choice of the track; known at the end.
    pub(super) fn take_remark(&mut self) -> Option<String> {
        self.remark.take()
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

/// What ffmpeg wrote beside the samples.
#[derive(Debug, Default, PartialEq, Eq)]
struct Messages {
    /// The last lines that are no information, without their origin and level.
    complaints: Vec<String>,
    /// The audio tracks of the input.
    tracks: AudioTracks,
    /// The stream that was decoded, by ffmpeg's number.
    decoded: Option<u32>,
}

impl Messages {
    /// Reads to the end.
    fn read(mut from: impl io::BufRead) -> Self {
        let mut messages = Self::default();
        let (mut part, mut line) = (Part::Before, Vec::new());
        loop {
            line.clear();
            let n = (&mut from)
                .take(N_LINE as u64)
                .read_until(b'\n', &mut line)
                .unwrap_or(0);
            if n == 0 {
                return messages;
            }
            let text = String::from_utf8_lossy(&line);
            match text.strip_prefix("[info] ") {
                Some(text) => part = messages.take_information(text.trim_end(), part),
                None if text.starts_with("[warning]") || text.contains("] [warning]") => {}
                None => messages.complain(without_origin(text.trim())),
            }
        }
    }

    fn complain(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.complaints.len() == N_COMPLAINTS {
            self.complaints.remove(0);
        }
        self.complaints.push(text.to_owned());
    }

    /// Takes a line of the description of the input, which says `part` so far.
    fn take_information(&mut self, line: &str, part: Part) -> Part {
        let text = line.trim_start();
        if line.starts_with("Input #0") {
            return Part::Input;
        }
        if line.starts_with("Stream mapping") {
            return Part::Mapping;
        }
        if !line.starts_with(' ') {
            return Part::Before;
        }
        match (part, text.strip_prefix("Stream #0:")) {
            (Part::Input | Part::Audio, Some(stream)) => {
                let Some(track) = audio_stream(stream) else {
                    return Part::Input;
                };
                if self.tracks.0.len() < N_TRACKS {
                    self.tracks.0.push(track);
                }
                Part::Audio
            }
            (Part::Audio, None) => {
                let title = text
                    .split_once(':')
                    .filter(|(key, _)| key.trim() == "title");
                if let (Some((_, title)), Some(track)) = (title, self.tracks.0.last_mut()) {
                    track.title = Some(title.trim().to_owned());
                }
                part
            }
            (Part::Mapping, Some(stream)) => {
                self.decoded = self.decoded.or(leading_number(stream));
                part
            }
            _ => part,
        }
    }

    /// What a person should know about the track that ffmpeg preferred.
    fn remark(&self) -> Option<String> {
        let decoded = self.decoded?;
        let at = self.tracks.0.iter().position(|it| it.id == decoded)?;
        self.tracks.remark(at as u32 + 1)
    }
}

/// The part of ffmpeg's description that a line stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Before,
    /// The input, or a stream of it that is not sound.
    Input,
    /// An audio stream of the input.
    Audio,
    /// Which stream is decoded.
    Mapping,
}

/// The audio stream in a line like `1[0x101](eng): Audio: aac (LC), mono (default)`.
fn audio_stream(line: &str) -> Option<AudioTrack> {
    let id = leading_number(line)?;
    let (before, after) = line.split_once(": Audio: ")?;
    let language = before
        .split_once('(')
        .and_then(|(_, it)| it.split_once(')'));
    Some(AudioTrack {
        id,
        is_default: after.contains("(default)"),
        language: language.map(|(code, _)| code.to_owned()),
        title: None,
    })
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
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

#[cfg(test)]
mod tests {
    use super::Messages;

    #[test]
    fn tracks_and_complaints_are_told_apart() {
        let messages = Messages::read(
            b"[info] Input #0, mpegts, from 'file:a.ts':\n\
            [info]   Metadata:\n\
            [info]     title           : Film\n\
            [info]   Duration: 00:00:05.06, start: 1.4, bitrate: 131 kb/s\n\
            [info]   Stream #0:0[0x100]: Video: mpeg4, yuv420p, 64x48\n\
            [info]     Metadata:\n\
            [info]       title           : Picture\n\
            [info]   Stream #0:1[0x101](ger): Audio: aac (LC), 16000 Hz, mono\n\
            [info]     Metadata:\n\
            [info]       title           : Kommentar: der Ton\n\
            [info]   Stream #0:2[0x102](eng): Audio: aac, stereo (default)\n\
            [mpegts @ 0x55aa] [error] one\n\
            [mpegts @ 0x55aa] [warning] two\n\
            [info] Stream mapping:\n\
            [info]   Stream #0:2 -> #0:0 (aac (native) -> pcm_f32le (native))\n\
            [info] Output #0, f32le, to 'pipe:1':\n\
            [info]   Stream #0:0(eng): Audio: pcm_f32le, 16000 Hz, mono\n\
            [fatal] three\nfour\n"
                .as_slice(),
        );
        assert_eq!(messages.complaints, ["one", "three", "four"]);
        assert_eq!(
            messages.tracks.to_string(),
            "1 (German, Kommentar: der Ton), 2 (English)"
        );
        assert!(
            messages
                .remark()
                .unwrap()
                .contains("; track 2, the default, was")
        );
        let one = Messages::read(b"[info] Input #0, wav:\n[info]   Stream #0:0: Audio: pcm\n[info] Stream mapping:\n[info]   Stream #0:0 -> #0:0\n".as_slice());
        assert_eq!((one.tracks.0.len(), one.remark()), (1, None));
    }
}
