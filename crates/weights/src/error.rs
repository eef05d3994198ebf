//! Errors: why a checkpoint is missing or cannot be installed, what was kept, and the next step.

use std::io;
use std::path::{Path, PathBuf};

/// Why a checkpoint is missing or cannot be installed; the variants differ in what the caller can
/// do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path that does not exist: ask for another one.
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
        "the model `{name}` is not on this computer; `earmark models download {name}` downloads it, \
         and `earmark models import FOLDER` takes in files that you have"
    )]
    NotDownloaded {
        /// Its name in the catalog.
        name: String,
    },
    /// An aligner where a recogniser is needed.
    #[error("`{name}` is an aligner and cannot transcribe; choose one of: {known}")]
    NotARecognizer {
        /// The name as given.
        name: String,
        /// Names that would do, comma-joined.
        known: String,
    },
    /// A recogniser where an aligner is needed.
    #[error("`{name}` is a recogniser and cannot align words; choose one of: {known}")]
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
    #[error("`{name}` is built into the program and cannot be downloaded, checked or removed")]
    BuiltIn {
        /// Its name in the catalog.
        name: String,
    },
    /// Another process is changing the same checkpoint.
    #[error("another Earmark is working on the model `{name}`; wait until it has finished")]
    Locked {
        /// Its name in the catalog.
        name: String,
    },
    /// The network is switched off: nothing was sent.
    #[error(
        "the network is switched off, so {url} was not downloaded; switch it on, or import the files from a folder"
    )]
    NetworkOff {
        /// The address that would have been requested.
        url: String,
    },
    /// The proxy of the settings is invalid.
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
    /// No connection, or one that broke repeatedly: try again later or with another mirror.
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
    /// The downloaded file differs from the published one and was deleted.
    #[error(
        "{url} sent another file than the published one ({detail}); it was deleted: choose another mirror"
    )]
    Wrong {
        /// What was asked for.
        url: String,
        /// What differs.
        detail: String,
    },
    /// Not enough free space.
    #[error(
        "not enough space in `{}`: {} MB are needed and {} MB are free",
        .folder.display(), .needed.div_ceil(1_000_000), .free / 1_000_000
    )]
    NoSpace {
        /// Where the space is needed.
        folder: PathBuf,
        /// What is still to be written. Units: bytes.
        needed: u64,
        /// What is free. Units: bytes.
        free: u64,
    },
    /// The disk has filled up.
    #[error("the disk is full, `{}` could not be written; free some space and try again", .path.display())]
    Full {
        /// The file that was being written.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("`{}`: {detail}", .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// A folder or archive that is no checkpoint at all, or none of the catalog: choose another.
    #[error("`{}` is not a model: {detail}", .path.display())]
    NotAModel {
        /// The folder or archive.
        path: PathBuf,
        /// What tells so, and what is expected.
        detail: String,
    },
    /// A folder or archive that does not hold a checkpoint of the catalog, whole and unchanged.
    #[error("`{}` cannot be imported: {detail}", .path.display())]
    Import {
        /// The folder or archive.
        path: PathBuf,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// The folder for a quantised copy already exists.
    #[error("`{}` already exists and was not changed; remove it, or choose another folder", .path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// A folder that is not a quantised copy.
    #[error("`{}` is not a quantised copy, or one of another version; convert the model again", .path.display())]
    NoCopy {
        /// The folder.
        path: PathBuf,
    },
    /// A file on disk that differs from the published one.
    #[error("`{}` is damaged ({detail}); repair the model", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What differs.
        detail: String,
    },
}

impl Error {
    /// An I/O error of a file; a full disk is its own variant.
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
        401 | 403 => "access is denied: choose another mirror".into(),
        404 | 410 => "it does not have the file: choose another mirror".into(),
        407 => "the proxy needs a user name and a password: add them to its address".into(),
        429 => format!("there were too many requests: {later}, or choose another mirror"),
        451 => "the file is blocked in this country: choose another mirror".into(),
        500.. => format!("the server has a fault: {later}, or choose another mirror"),
        _ => "choose another mirror".into(),
    }
}
