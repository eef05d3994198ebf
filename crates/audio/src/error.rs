//! Errors: why a recording or a device gives no samples, and the next step.

use std::io;
use std::path::PathBuf;

use earmark_transcript::Ms;

/// Why there are no samples; the variants differ in what the caller can do next.
///
/// Damage in the middle of a recording is not an error: everything that can be decoded is returned,
/// and a warning says how much that was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file: ask for another path.
    #[error("{}: the file does not exist; check the path", .path.display())]
    NotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// The path is a folder: ask for the files in it.
    #[error("{}: this is a folder; choose the recordings in it", .path.display())]
    Folder {
        /// The path as given.
        path: PathBuf,
    },
    /// The system refuses to read the file: permissions, or a failing disk or network drive.
    #[error("{}: cannot be read ({source}); check its permissions and its disk", .path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is empty: record or copy it again.
    #[error("{}: the file is empty (0 bytes); record or copy it again", .path.display())]
    Empty {
        /// The path as given.
        path: PathBuf,
    },
    /// The content is not a recording.
    #[error("{}: not a recording ({found}); choose an audio or video file", .path.display())]
    NotAudio {
        /// The path as given.
        path: PathBuf,
        /// What the content looks like.
        found: String,
    },
    /// A media file without an audio track.
    #[error("{}: it has no audio track; choose a recording with audio", .path.display())]
    NoAudioTrack {
        /// The path as given.
        path: PathBuf,
    },
    /// There is no audio track of the number that was asked for: choose another.
    #[error("{}: there is no audio track {wanted}; choose one of {found}", .path.display())]
    NoSuchTrack {
        /// The path as given.
        path: PathBuf,
        /// The number that was asked for.
        wanted: u32,
        /// The tracks that are there.
        found: String,
    },
    /// An intact recording of zero length.
    #[error("{}: the recording has a length of zero; record it again", .path.display())]
    ZeroLength {
        /// The path as given.
        path: PathBuf,
    },
    /// Only ffmpeg might read this, and it is not installed.
    #[error(
        "{}: {what}; install ffmpeg (https://ffmpeg.org) and add it to PATH, \
         or convert the file to wav, flac, mp3 or m4a", .path.display()
    )]
    NeedsFfmpeg {
        /// The path as given.
        path: PathBuf,
        /// What Earmark itself could not read.
        what: String,
    },
    /// ffmpeg cannot read the file either, or did not start.
    #[error("{}: ffmpeg cannot read it: {message}; convert the file to wav or flac", .path.display())]
    Ffmpeg {
        /// The path as given.
        path: PathBuf,
        /// The last lines that ffmpeg wrote.
        message: String,
    },
    /// The format is known, but not one sample could be decoded: get the file again.
    #[error("{}: the file is too damaged, nothing could be decoded ({message}); copy it again", .path.display())]
    Damaged {
        /// The path as given.
        path: PathBuf,
        /// What the decoder said.
        message: String,
    },
    /// There is no such device, or none at all: plug one in or choose another.
    #[error(
        "cannot record from {wanted}: there is no such device ({}); plug it in or choose another",
        if .known.is_empty() { "no device is connected".into() } else { format!("available: {}", .known.join(", ")) }
    )]
    NoDevice {
        /// The device that was asked for.
        wanted: String,
        /// The names of those that are there.
        known: Vec<String>,
    },
    /// The system does not allow recording from the device: allow it in the privacy settings.
    #[error("{device}: the system denies access to it; allow it in the privacy settings")]
    DeviceDenied {
        /// Its name.
        device: String,
    },
    /// Another program uses the device exclusively: close that program or choose another device.
    #[error("{device}: another program is using it; close that program or choose another device")]
    DeviceBusy {
        /// Its name.
        device: String,
    },
    /// The device, or the system's audio as a whole, does not work.
    #[error("{device}: {message}; check that it is connected, or choose another device")]
    DeviceFailed {
        /// Its name.
        device: String,
        /// The system's error.
        message: String,
    },
    /// A recording cannot be created here: choose another folder.
    #[error("{}: cannot be written ({source}); choose another folder", .path.display())]
    Unwritable {
        /// The path as given.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The disk cannot store more of a recording; everything written before is intact and kept.
    #[error(
        "{}: recording stopped ({source}); the {kept} until then are kept; free some space or \
         choose another disk and record on", .path.display()
    )]
    Stopped {
        /// Where the recording is.
        path: PathBuf,
        /// How long it is.
        kept: Ms,
        /// The system's error.
        source: io::Error,
    },
}
