//! An error says why a recording or a device gives no samples, and what to do about it.

use std::io;
use std::path::PathBuf;

use earmark_transcript::Ms;

/// Why there are no samples; the variants differ in what the caller can do next.
///
/// Damage in the middle of a recording is not an error: what could be decoded is given, and a
/// warning says how much that was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file: ask for another path.
    #[error("{}: there is no such file; check the path", .path.display())]
    NotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// The path is a folder: ask for the files in it.
    #[error("{}: this is a folder; name the recordings in it", .path.display())]
    Folder {
        /// The path as given.
        path: PathBuf,
    },
    /// The system refuses to read the file: permissions, or a failing disk or network drive.
    #[error("{}: cannot be read ({source}); check its permissions and its disk", .path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds no bytes at all: record or copy it again.
    #[error("{}: the file is empty (0 bytes); record or copy it again", .path.display())]
    Empty {
        /// The path as given.
        path: PathBuf,
    },
    /// The content is not a recording, whatever the name says.
    #[error("{}: not a recording ({found}); choose an audio or video file", .path.display())]
    NotAudio {
        /// The path as given.
        path: PathBuf,
        /// What the content looks like.
        found: String,
    },
    /// A media file with pictures, subtitles or nothing in it, but no sound.
    #[error("{}: there is no audio track in it; choose a recording with sound", .path.display())]
    NoAudioTrack {
        /// The path as given.
        path: PathBuf,
    },
    /// A recording in good order that is zero samples long.
    #[error("{}: the recording has a length of zero; record it again", .path.display())]
    ZeroLength {
        /// The path as given.
        path: PathBuf,
    },
    /// Only ffmpeg may be able to read this, and there is none.
    #[error(
        "{}: {what}; install ffmpeg (https://ffmpeg.org) so that it is found on PATH, \
         or convert the file to wav, flac, mp3 or m4a", .path.display()
    )]
    NeedsFfmpeg {
        /// The path as given.
        path: PathBuf,
        /// What Earmark itself could not read.
        what: String,
    },
    /// ffmpeg was asked and could not read the file either, or could not be started.
    #[error("{}: ffmpeg cannot read it: {message}; convert the file to wav or flac", .path.display())]
    Ffmpeg {
        /// The path as given.
        path: PathBuf,
        /// The last lines that ffmpeg wrote.
        message: String,
    },
    /// The format is known, but not one sample could be decoded: get the file again.
    #[error("{}: too damaged, nothing could be decoded ({message}); copy the file again", .path.display())]
    Damaged {
        /// The path as given.
        path: PathBuf,
        /// What the decoder said.
        message: String,
    },
    /// There is no such device, or none at all: plug one in or choose another.
    #[error(
        "no sound from {wanted}: there is no such device ({}); plug it in or choose another",
        if .known.is_empty() { "none is connected".into() } else { format!("there are: {}", .known.join(", ")) }
    )]
    NoDevice {
        /// The device that was asked for.
        wanted: String,
        /// The names of those that are there.
        known: Vec<String>,
    },
    /// The system does not let this program listen to the device: allow it in the privacy settings.
    #[error(
        "{device}: the system does not allow recording from it; allow it in the privacy settings"
    )]
    DeviceDenied {
        /// Its name.
        device: String,
    },
    /// Another program has the device for itself: close that program or choose another device.
    #[error("{device}: another program is using it; close that program or choose another device")]
    DeviceBusy {
        /// Its name.
        device: String,
    },
    /// The device, or the system's sound as a whole, does not work.
    #[error("{device}: {message}; check that it is connected, or choose another device")]
    DeviceFailed {
        /// Its name.
        device: String,
        /// What the system said.
        message: String,
    },
    /// A recording cannot be begun here: choose another folder.
    #[error("{}: cannot be written ({source}); choose another folder", .path.display())]
    Unwritable {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk takes no more of a recording; what it has is whole and stays.
    #[error(
        "{}: recording stopped ({source}); the {kept} until then are kept; free some space or \
         choose another disk and record on", .path.display()
    )]
    Stopped {
        /// Where the recording is.
        path: PathBuf,
        /// How long it is.
        kept: Ms,
        /// What the system said.
        source: io::Error,
    },
}
