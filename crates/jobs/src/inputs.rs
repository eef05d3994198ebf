//! Inputs are the recordings that paths stand for: files as they are, folders as what is in them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use earmark_files::kind::{Container, FileKind, Group, N_FIRST_BYTES, kind, text};

/// Endings of the names of sound and video files.
const ENDINGS: [&str; 105] = [
    "3g2", "3gp", "3gpp", "aa3", "aac", "ac3", "adts", "aif", "aifc", "aiff", "alac", "amr", "ape",
    "asf", "ast", "au", "avi", "avr", "awb", "bwf", "caf", "dav", "dff", "divx", "dsf", "dss",
    "dts", "dtshd", "dv", "dvr-ms", "eac3", "evo", "f4a", "f4b", "f4v", "flac", "flv", "gsm",
    "gxf", "ivf", "loas", "m1v", "m2a", "m2p", "m2t", "m2ts", "m2v", "m4a", "m4b", "m4p", "m4r",
    "m4v", "mk3d", "mka", "mkv", "mlp", "mod", "mov", "mp+", "mp1", "mp2", "mp3", "mp4", "mpa",
    "mpc", "mpe", "mpeg", "mpg", "mts", "mxf", "nsv", "nut", "oga", "ogg", "ogm", "ogv", "ogx",
    "oma", "opus", "qt", "qta", "ra", "rf64", "rm", "rmvb", "shn", "snd", "spx", "tak", "thd",
    "tod", "trp", "ts", "tta", "vob", "voc", "vro", "w64", "wav", "wave", "weba", "webm", "wma",
    "wmv", "wv",
];

/// The recordings that a path stands for: itself, unless it is a folder.
///
/// Errors: a folder that cannot be read.
pub fn recordings(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_dir() {
        Ok(in_folder(path)?.recordings)
    } else {
        Ok(vec![path.to_owned()])
    }
}

/// What is in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InFolder {
    /// Its sound and video files, sorted by path.
    pub recordings: Vec<PathBuf>,
    /// Its other files, sorted by path.
    pub others: Vec<PathBuf>,
}

/// The files in a folder and the folders in it. Hidden files and folders are left out, and links to
/// folders are not followed.
///
/// Errors: a folder that cannot be read.
pub fn in_folder(folder: &Path) -> io::Result<InFolder> {
    let mut found = InFolder::default();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.is_file() && is_recording(&path) {
                found.recordings.push(path);
            } else if path.is_file() {
                found.others.push(path);
            }
        }
    }
    found.recordings.sort();
    found.others.sort();
    Ok(found)
}

/// Whether a file in a folder is meant to be a recording: its name says so, and its content does not
/// say otherwise (`.ts` is also the ending of programs), or its content alone does.
fn is_recording(path: &Path) -> bool {
    let Ok(head) = head(path) else {
        // It is told when it is opened.
        return has_media_ending(path);
    };
    match kind(&head) {
        Some(kind) => matches!(kind.group, Group::Recording(_)) && !is_loose(kind, path),
        None if head.is_empty() => has_media_ending(path),
        None => has_media_ending(path) && text(&head).is_none(),
    }
}

/// Whether a kind is told by so few bytes that any file may begin with them.
fn is_loose(kind: FileKind, path: &Path) -> bool {
    let is_bare = matches!(
        kind.group,
        Group::Recording(Container::Mpeg | Container::Adts)
    );
    is_bare && !has_media_ending(path)
}

/// The first bytes of a file.
pub(crate) fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?
        .take(N_FIRST_BYTES as u64)
        .read_to_end(&mut head)?;
    Ok(head)
}

pub(crate) fn has_media_ending(path: &Path) -> bool {
    ending(path).is_some_and(|ending| ENDINGS.binary_search(&ending.as_str()).is_ok())
}

/// How a name ends, in lower case.
pub(crate) fn ending(path: &Path) -> Option<String> {
    let ending = path.extension()?;
    Some(ending.to_string_lossy().to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{ENDINGS, in_folder, recordings};

    #[test]
    fn the_endings_are_sorted_for_the_search() {
        assert!(ENDINGS.is_sorted());
    }

    #[test]
    fn folders_give_their_recordings_and_files_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("b/.hidden")).unwrap();
        for name in ["z.WAV", "b/y.mp3", "b/.x.wav", "b/.hidden/w.wav", "noise"] {
            fs::write(at(name), "").unwrap();
        }
        fs::write(at("a.txt"), "Dear Anna\n").unwrap();
        let found = in_folder(folder.path()).unwrap();
        assert_eq!(found.recordings, [at("b/y.mp3"), at("z.WAV")]);
        assert_eq!(found.others, [at("a.txt"), at("noise")]);
        assert_eq!(
            recordings(folder.path()).unwrap(),
            [at("b/y.mp3"), at("z.WAV")]
        );
        assert_eq!(recordings(&at("noise")).unwrap(), [at("noise")]);
        assert_eq!(recordings(&at("missing")).unwrap(), [at("missing")]);
    }

    #[test]
    fn recordings_of_every_kind_are_taken_and_what_only_looks_like_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let packets = [&[0x47][..], &[0xff; 187]].concat().repeat(10);
        let files: [(&str, &[u8], bool); 24] = [
            ("a.wmv", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", true),
            ("a.ts", &packets, true),
            ("a.mts", &packets[100..], true),
            ("a.m2ts", &packets, true),
            ("a.ogv", b"OggS\0", true),
            ("a.weba", b"\x1a\x45\xdf\xa3\0", true),
            ("a.qta", b"\0\0\0\x14ftypqt  ", true),
            ("a.ac3", b"\x0b\x77\0", true),
            ("a.vob", b"\0\0\x01\xba", true),
            ("a.asf", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", true),
            ("a.rm", b".RMF\0", true),
            ("a.w64", b"riff\x2e\x91\xcf\x11", true),
            ("a.mxf", b"\x06\x0e\x2b\x34\x02\x05\x01\x01", true),
            // Unknown content, as after damage.
            ("damaged.mkv", b"\0\x01\x02\x03", true),
            ("empty.ogv", b"", true),
            // The content alone.
            ("without ending", b"OggS\0", true),
            ("talk.bak", b"RIFF\0\0\0\0WAVE", true),
            ("program.ts", b"export const a = 1;\n", false),
            ("go.mod", b"module a\n", false),
            ("cover.mp3", b"\x89PNG\r\n\x1a\n", false),
            ("a.pdf", b"%PDF-1.7\n", false),
            ("a.bin", b"\xff\xfb\x90\x64\0", false),
            ("list.m3u8", b"#EXTM3U\n", false),
            ("empty", b"", false),
        ];
        for (name, content, _) in files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let found = in_folder(folder.path()).unwrap();
        for (name, _, is_recording) in files {
            let path = folder.path().join(name);
            assert_eq!(found.recordings.contains(&path), is_recording, "{name}");
            assert_eq!(found.others.contains(&path), !is_recording, "{name}");
        }
    }
}
