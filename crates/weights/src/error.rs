//! An error says why a checkpoint is not there or cannot be had, what was kept, and what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a checkpoint is not there or cannot be had; the variants differ in what the caller can do
/// next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path that leads nowhere: ask for another one.
    #[error("there is no model folder at `{}`; check the path", .path.display())]
    NoFolder {
        /// The path as given.
        path: PathBuf,
    },
    /// A file instead of the folder around it.
    #[error("`{}` is a file; name the folder that holds the model's `config.json`", .path.display())]
    NotAFolder {
        /// The path as given.
        path: PathBuf,
    },
    /// A folder without a checkpoint in it.
    #[error("there is no `config.json` in `{}`; name the folder of a Qwen3-ASR model", .path.display())]
    NoConfig {
        /// The path as given.
        path: PathBuf,
    },
    /// A checkpoint of the catalog that is not on this computer yet.
    #[error(
        "the model `{name}` is not on this computer; `earmark models download {name}` brings it, \
         and `earmark models import FOLDER` takes in files that you have"
    )]
    NotDownloaded {
        /// Its name in the catalog.
        name: String,
    },
    /// An aligner where a recogniser is asked for.
    #[error("`{name}` is an aligner and cannot turn speech into text; choose one of: {known}")]
    NotARecognizer {
        /// The name as given.
        name: String,
        /// Names that would do, comma-joined.
        known: String,
    },
    /// A recogniser where an aligner is asked for.
    #[error("`{name}` is a recogniser and cannot give words their times; choose one of: {known}")]
    NotAnAligner {
        /// The name as given.
        name: String,
        /// Names that would do, comma-joined.
        known: String,
    },
    /// Neither a folder nor a name of the catalog.
    #[error("there is no model called `{name}`; choose a folder or one of: {known}")]
    Unknown {
        /// The name as given.
        name: String,
        /// Names that would do, comma-joined.
        known: String,
    },
    /// Something to download, check or remove that is compiled into the program.
    #[error("`{name}` is built into the program; there is nothing to do for it")]
    BuiltIn {
        /// Its name in the catalog.
        name: String,
    },
    /// Another program, or another window, works on the same checkpoint.
    #[error("another Earmark is working on the model `{name}`; wait until it has finished")]
    Locked {
        /// Its name in the catalog.
        name: String,
    },
    /// The network is switched off: nothing was sent.
    #[error(
        "the network is switched off, so {url} was not asked for; switch it on, or import the files from a folder"
    )]
    NetworkOff {
        /// What would have been asked for.
        url: String,
    },
    /// The proxy of the settings cannot be understood.
    #[error("`{proxy}` is not a proxy; write it like http://host:port or socks5://host:port")]
    Proxy {
        /// As it was given.
        proxy: String,
    },
    /// A mirror that is neither known nor an address.
    #[error(
        "`{mirror}` is not a mirror; name one of: {known}, or an address that begins with https://"
    )]
    Mirror {
        /// As it was given.
        mirror: String,
        /// Names that would do, comma-joined.
        known: String,
    },
    /// No connection, or one that broke off again and again: try again later or another way.
    #[error(
        "{url} cannot be reached ({detail}); what has arrived is kept: check the network and the proxy, or choose another mirror"
    )]
    Unreachable {
        /// What was asked for.
        url: String,
        /// What the system says.
        detail: String,
    },
    /// An HTTP status that is not the file: what to do depends on it.
    #[error("{url} answered {status}; {}", advice(*.status, *.retry_after_s))]
    Refused {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait. Units: seconds.
        retry_after_s: Option<u64>,
    },
    /// Something else than the published file arrived; it was thrown away.
    #[error(
        "{url} gave something else than the published file ({detail}); it was thrown away: choose another mirror"
    )]
    Wrong {
        /// What was asked for.
        url: String,
        /// What differs.
        detail: String,
    },
    /// Not enough room on the disk.
    #[error(
        "not enough room in `{}`: {} MB are needed and {} MB are free",
        .folder.display(), .needed.div_ceil(1_000_000), .free / 1_000_000
    )]
    NoSpace {
        /// Where the room is needed.
        folder: PathBuf,
        /// What is still to be written. Units: bytes.
        needed: u64,
        /// What is free. Units: bytes.
        free: u64,
    },
    /// The disk has filled up.
    #[error("the disk is full, `{}` could not be written; make room and try again", .path.display())]
    Full {
        /// The file that was being written.
        path: PathBuf,
    },
    /// The disk does not let a file be read or written.
    #[error("`{}`: {detail}", .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// A folder or archive that does not hold a checkpoint of the catalog, whole and unchanged.
    #[error("`{}` cannot be taken in: {detail}", .path.display())]
    Import {
        /// The folder or archive.
        path: PathBuf,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// There is something where a quantised copy is to be made.
    #[error("`{}` is there already, and stays as it is; remove it, or choose another folder", .path.display())]
    Exists {
        /// Where it was to be.
        path: PathBuf,
    },
    /// A folder that does not say that it is a quantised copy.
    #[error("`{}` is no quantised copy, or one of another version; convert the model again", .path.display())]
    NoCopy {
        /// The folder.
        path: PathBuf,
    },
    /// A file on disk that is not, or no longer, the published one.
    #[error("`{}` is damaged ({detail}); repair the model", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What differs.
        detail: String,
    },
}

impl Error {
    /// What the disk said about a file; a full disk is told apart.
    pub(crate) fn disk(path: &Path, error: &io::Error) -> Self {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        if matches!(error.kind(), StorageFull | QuotaExceeded) {
            return Self::Full { path: path.into() };
        }
        Self::Disk {
            path: path.into(),
            detail: error.to_string(),
        }
    }
}

/// What to do about an HTTP status.
fn advice(status: u16, retry_after_s: Option<u64>) -> String {
    let later = retry_after_s.map_or_else(
        || "wait a while and try again".to_owned(),
        |seconds| format!("try again after {seconds} s"),
    );
    match status {
        401 | 403 => "it does not hand the file out here: choose another mirror".into(),
        404 | 410 => "it does not have the file: choose another mirror".into(),
        407 => "the proxy wants a name and a password: write them into the proxy's address".into(),
        429 => format!("it is asked too often: {later}, or choose another mirror"),
        451 => "it may not hand the file out in this country: choose another mirror".into(),
        500.. => format!("it is out of order: {later}, or choose another mirror"),
        _ => "choose another mirror".into(),
    }
}
