//! The files that transcripts are written to, one for each recording.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// A path in `folder` for each recording: its name with the extension of the format.
///
/// When two recordings share a name (`a.wav` and `a.mp3`), their own extension is kept
/// (`a.wav.txt`), and a number is added if that is not enough. No path is one of the recordings.
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
        let names = alone
            .then(|| short.to_owned())
            .into_iter()
            .chain([long.to_owned()]);
        let numbered = (2..).map(|number| {
            let mut name = long.to_owned();
            name.push(format!("-{number}"));
            name
        });
        names
            .chain(numbered)
            .map(|mut name| {
                name.push(".");
                name.push(ending);
                folder.join(name)
            })
            .find(|path| taken.insert(place(path)))
            .expect("numbers do not run out")
    };
    recordings.iter().map(target).collect()
}

/// Builds temporary files with the permissions of ordinary new files.
fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".earmark-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666)); // minus the umask
    }
    builder
}

fn stem(path: &Path) -> &OsStr {
    path.file_stem().unwrap_or(path.as_os_str())
}

/// A name in lower case, for file systems that ignore case.
fn folded(name: &OsStr) -> OsString {
    name.to_str()
        .map_or_else(|| name.to_owned(), |name| name.to_lowercase().into())
}

/// Writes a file atomically: to a temporary file first, which is then renamed.
///
/// Errors: the folder cannot be written to; the message names it.
pub(crate) fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let attempt = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut file = temporary().tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    attempt().with_context(|| format!("cannot write `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{plan, write};

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
}
