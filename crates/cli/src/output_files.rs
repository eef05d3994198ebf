//! The files that transcripts are written to, one for each recording.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use earmark_files::{Access, fitting_name};

use crate::{Exit, output};

/// A path in `folder` for each recording: its name with the extension of the format.
///
/// When two recordings share a name (`a.wav` and `a.mp3`), their own extension is kept
/// (`a.wav.txt`), and a number is added if that is not enough. No path is one of the recordings, and
/// none has a name that is too long.
pub(crate) fn plan(folder: &Path, recordings: &[PathBuf], ending: &str) -> Vec<PathBuf> {
    let mut n_of_stem: HashMap<OsString, usize> = HashMap::new();
    for recording in recordings {
        *n_of_stem.entry(folded(stem(recording))).or_default() += 1;
    }
    let place = |path: &Path| folded(std::path::absolute(path).unwrap_or_default().as_os_str());
    let mut taken: HashSet<OsString> = recordings.iter().map(|path| place(path)).collect();
    let target = |recording: &PathBuf| {
        let short = stem(recording);
        let long = recording.file_name().unwrap_or(short);
        let alone = n_of_stem[&folded(short)] == 1;
        let ending = format!(".{ending}");
        let names = alone
            .then(|| fitting_name(short, &ending))
            .into_iter()
            .chain([fitting_name(long, &ending)]);
        let numbered = (2..).map(|number| fitting_name(long, &format!("-{number}{ending}")));
        names
            .chain(numbered)
            .map(|name| folder.join(name))
            .find(|path| taken.insert(place(path)))
            .expect("numbers do not run out")
    };
    recordings.iter().map(target).collect()
}

fn stem(path: &Path) -> &OsStr {
    path.file_stem().unwrap_or(path.as_os_str())
}

/// A name in lower case, for file systems that ignore case.
fn folded(name: &OsStr) -> OsString {
    name.to_str()
        .map_or_else(|| name.to_owned(), |name| name.to_lowercase().into())
}

/// Tries whether files can be written, before the work begins; creates missing folders. Where a
/// folder stands in the place of a file, another name is taken, and a message says which.
/// Returns whether that happened.
///
/// Errors: a folder cannot be written to; the message names the first file.
pub(crate) fn try_all(paths: &mut [PathBuf]) -> anyhow::Result<bool> {
    let mut tried: HashSet<PathBuf> = HashSet::new();
    let mut some_moved = false;
    for path in paths {
        if tried.insert(folder_of(path).to_owned()) {
            try_folder(path)?;
        }
        if path.is_dir() {
            let other = free_beside(path);
            output::message(&format!(
                "error: `{}` is a folder; the transcript goes to `{}`",
                path.display(),
                other.display()
            ));
            *path = other;
            some_moved = true;
        } else {
            try_name(path)?;
        }
    }
    Ok(some_moved)
}

/// Tries whether a file can be written, before the work begins; creates its folder if it is missing.
///
/// Errors: it cannot; the message names it.
pub(crate) fn try_one(path: &Path) -> anyhow::Result<()> {
    try_folder(path)?;
    if path.is_dir() {
        return Err(anyhow!("it is a folder").context(cannot_write(path)));
    }
    try_name(path)
}

/// Tries whether a file may have this name: one that is too long is not just missing.
fn try_name(path: &Path) -> anyhow::Result<()> {
    match path.symlink_metadata() {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| cannot_write(path))
        }
        _ => Ok(()),
    }
}

/// Refuses an output file that is one of the recordings.
///
/// Errors: it is.
pub(crate) fn spare_recordings(output: &Path, recordings: &[PathBuf]) -> anyhow::Result<()> {
    let place = output.canonicalize();
    let is_output = |recording: &PathBuf| match (&place, recording.canonicalize()) {
        (Ok(output), Ok(recording)) => *output == recording,
        _ => output == recording,
    };
    anyhow::ensure!(
        !recordings.iter().any(is_output),
        "`--output {}` is the recording itself; name another file",
        output.display()
    );
    Ok(())
}

fn try_folder(path: &Path) -> anyhow::Result<()> {
    if is_special(path) {
        return Ok(());
    }
    let folder = folder_of(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| {
            tempfile::Builder::new()
                .prefix(".earmark-")
                .tempfile_in(folder)
        })
        .map(drop)
        .with_context(|| cannot_write(path))
}

/// Writes a file atomically, and its folder if it is missing.
///
/// Errors: it cannot be written; the message names it.
fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let attempt = || -> std::io::Result<()> {
        if is_special(path) {
            return std::fs::write(path, content);
        }
        // What a link points to is replaced, not the link.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        std::fs::create_dir_all(folder_of(&target))?;
        earmark_files::write_atomic(&target, content, Access::Usual)
    };
    attempt().with_context(|| cannot_write(path))
}

/// Writes a file. If that fails, the content is kept in another one, or printed to standard output,
/// and a message says where it is.
///
/// Errors: not even standard output can be written to.
pub(crate) fn write_or_keep(path: &Path, content: &[u8]) -> anyhow::Result<Exit> {
    let Err(error) = write(path, content) else {
        return Ok(Exit::Done);
    };
    let name = path.file_name().unwrap_or(OsStr::new("transcript"));
    let own = earmark_store::default_folder().map(|folder| folder.join("unsaved"));
    let beside = (path.is_dir()).then(|| free_beside(path));
    let elsewhere = own.into_iter().chain([std::env::temp_dir()]);
    let elsewhere = elsewhere.map(|folder| (free_beside(&folder.join(name)), Access::Owner));
    let mut others = beside
        .map(|path| (path, Access::Usual))
        .into_iter()
        .chain(elsewhere);
    let kept = others.find(|(other, access)| {
        let folder = std::fs::create_dir_all(folder_of(other));
        folder
            .and_then(|()| earmark_files::write_atomic(other, content, *access))
            .is_ok()
    });
    if let Some((kept, _)) = kept {
        output::message(&format!(
            "error: {error:#}; the result is kept: {}",
            kept.display()
        ));
    } else {
        output::message(&format!(
            "error: {error:#}; the result goes to standard output"
        ));
        output::print_bytes(content)?;
    }
    Ok(Exit::Failed)
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write `{}`", path.display())
}

/// The path itself, or the first of `name-2.txt`, `name-3.txt` and so on, that does not exist.
fn free_beside(path: &Path) -> PathBuf {
    let ending = path
        .extension()
        .map_or_else(String::new, |it| format!(".{}", it.to_string_lossy()));
    earmark_files::free_path(|number| match number {
        1 => path.to_owned(),
        _ => path.with_file_name(fitting_name(stem(path), &format!("-{number}{ending}"))),
    })
}

/// Whether a path is a device, a pipe or the like, which are written to and not replaced.
fn is_special(path: &Path) -> bool {
    let kind = path.metadata().map(|it| it.file_type());
    kind.is_ok_and(|kind| !kind.is_file() && !kind.is_dir())
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().unwrap_or(Path::new("."));
    if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{plan, try_all, try_one, write};

    fn check(recordings: &[&str], expected: &[&str]) {
        let recordings: Vec<PathBuf> = recordings.iter().map(PathBuf::from).collect();
        let expected: Vec<PathBuf> = expected
            .iter()
            .map(|name| Path::new("out").join(name))
            .collect();
        assert_eq!(plan(Path::new("out"), &recordings, "txt"), expected);
    }

    #[test]
    fn every_recording_has_its_own_path() {
        check(&["x/a.wav", "b.mp3"], &["a.txt", "b.txt"]);
        check(&["a.wav", "a.mp3"], &["a.wav.txt", "a.mp3.txt"]);
        check(
            &["x/a.wav", "y/a.wav", "A.wav"],
            &["a.wav.txt", "a.wav-2.txt", "A.wav-3.txt"],
        );
        check(&["a.b.wav"], &["a.b.txt"]);
        check(&["noise"], &["noise.txt"]);
    }

    #[test]
    fn a_recording_is_never_overwritten() {
        check(&["out/a.txt"], &["a.txt.txt"]);
        check(&["a.wav", "out/a.TXT"], &["a.wav.txt", "a.TXT.txt"]);
    }

    #[test]
    fn a_file_replaces_the_earlier_one_and_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/a.txt");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(path.parent().unwrap().read_dir().unwrap().count(), 1);
        let error = write(&path.join("b.txt"), b"").unwrap_err();
        assert!(error.to_string().contains("cannot write `"));
    }

    #[test]
    fn a_long_name_is_cut_between_characters_and_keeps_its_ending() {
        let check = |stem: &str, n_expected: usize| {
            let recordings = [format!("{stem}.wav").into(), format!("{stem}.mp3").into()];
            let alone = plan(Path::new("out"), &recordings[..1], "json");
            let both = plan(Path::new("out"), &recordings, "json");
            let name = alone[0].file_name().unwrap().to_str().unwrap();
            assert_eq!(name.len(), n_expected);
            assert!(stem.starts_with(name.strip_suffix(".json").unwrap()));
            assert_ne!(both[0], both[1]);
            for path in both {
                assert!(
                    path.file_name().unwrap().len() <= 255 && path.extension().unwrap() == "json"
                );
            }
        };
        check(&"n".repeat(251), 255);
        check(&"n".repeat(250), 255);
        check(&"n".repeat(249), 254);
        check(&"录".repeat(84), 254);
        check(&format!("a{}", "录".repeat(83)), 255);
        check(&"録音😀".repeat(25), 255);
    }

    #[test]
    fn targets_are_tried_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("a.txt/inside")).unwrap();
        std::fs::write(at("file"), "").unwrap();
        let mut targets = [at("a.txt"), at("new/b.txt")];
        assert!(try_all(&mut targets).unwrap());
        assert_eq!(targets, [at("a-2.txt"), at("new/b.txt")]);
        assert_eq!(at("new").read_dir().unwrap().count(), 0);
        assert!(!try_all(&mut targets).unwrap());
        try_all(&mut [at("file/c.txt")]).unwrap_err();
        for path in [at("a.txt"), at("file/c.txt"), at(&"n".repeat(256))] {
            let error = try_one(&path).unwrap_err();
            assert!(error.to_string().contains("cannot write `"), "{error:#}");
        }
        try_one(&at("file")).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_and_devices_stay_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "old").unwrap();
        std::os::unix::fs::symlink("file", at("link")).unwrap();
        write(&at("link"), b"new").unwrap();
        assert!(at("link").symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(at("file")).unwrap(), "new");
        std::os::unix::fs::symlink("/dev/null", at("null")).unwrap();
        try_one(&at("null")).unwrap();
        write(&at("null"), b"x").unwrap();
        assert!(Path::new("/dev/null").metadata().unwrap().len() == 0);
        assert!(at("null").symlink_metadata().unwrap().is_symlink());
    }
}
