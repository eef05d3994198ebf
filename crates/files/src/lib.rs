//! Atomic writes, locks between processes, unused file names, and what a file is by its first
//! bytes, for every crate that has to do with files.
//!
//! [`write_atomic`] writes a file that fits in memory. A larger one is written under a temporary
//! name and then moved into place by [`replace`].

pub mod kind;
mod lock;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use lock::LockGuard;
pub use tempfile::TempDir;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The system's default for new files.
    Usual,
    /// Only its owner, where the system has such permissions.
    Owner,
}

/// Writes a file atomically: after an error, a kill or a power cut it has either its old or its new
/// content. The folder must exist.
///
/// Errors: the file cannot be written; nothing was changed.
pub fn write_atomic(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let folder = folder_of(path);
    let mut file = temporary(access).tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder);
    Ok(())
}

/// Creates a folder, and those that lead to it, that only its owner may look into. One that is there
/// becomes so.
///
/// Errors: it cannot be created. One that belongs to somebody else stays as it is.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    restrict(path, 0o700);
    Ok(())
}

/// Opens a file for writing that only its owner may read, without changing its content.
///
/// Errors: it cannot be created or opened.
pub fn open_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    restrict(path, 0o600);
    Ok(file)
}

/// A folder for temporary files that only its owner may look into; it is removed with this value.
///
/// Errors: the system's folder for temporary files is full or cannot be written to.
pub fn temporary_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("earmark-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

/// Takes a file or folder away from everybody but its owner, if it is ours.
fn restrict(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A file of somebody else stays as it is: only its owner may change that.
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
}

/// Renames a file within its file system, replacing an existing one, and syncs the folder so that a
/// power cut does not undo it. The content must be synced already.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_folder(folder_of(to));
    Ok(())
}

/// The first of `path_of(1)`, `path_of(2)` and so on that does not exist.
pub fn free_path(path_of: impl Fn(u32) -> PathBuf) -> PathBuf {
    (1..=u32::MAX)
        .map(path_of)
        .find(|path| path.symlink_metadata().is_err())
        .expect("numbers do not end before names do")
}

/// The longest name of a file that usual file systems take. Units: bytes.
const LONGEST_NAME: usize = 255;

/// A file name of a stem and what ends it, such as ` (2).txt`, that usual file systems take: a stem
/// that is too long is cut between characters.
pub fn fitting_name(stem: &OsStr, end: &str) -> OsString {
    let room = LONGEST_NAME.saturating_sub(end.len());
    let mut name = if stem.len() <= room {
        stem.to_owned()
    } else {
        let stem = stem.to_string_lossy();
        OsString::from(&stem[..stem.floor_char_boundary(room)])
    };
    name.push(end);
    name
}

/// Builder of the temporary file with its name and permissions.
fn temporary(access: Access) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".earmark-").suffix(".part");
    #[cfg(unix)]
    if access == Access::Usual {
        use std::os::unix::fs::PermissionsExt;
        // Minus the umask. The default of `tempfile` is the owner only.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = access;
    builder
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent();
    folder
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Syncs the entries of a folder to disk.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        // Not every file system supports this.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{
        Access, create_private_folder, fitting_name, free_path, open_private, replace, write_atomic,
    };

    fn names(folder: &Path) -> Vec<String> {
        let files = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> = files
            .map(|it| it.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_no_temporary_file_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for content in ["first", "second", ""] {
            write_atomic(&path, content.as_bytes(), Access::Usual).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn a_failed_write_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir_all(path.join("inside")).unwrap();
        write_atomic(&path, b"x", Access::Usual).unwrap_err();
        let absent = folder.path().join("no/such");
        write_atomic(&absent, b"x", Access::Usual).unwrap_err();
        assert_eq!(names(folder.path()), ["taken"]);
        assert_eq!(names(&path), ["inside"]);
    }

    #[cfg(unix)]
    #[test]
    fn owner_files_are_private_and_others_follow_the_umask() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mode = || path.metadata().unwrap().permissions().mode() & 0o777;
        fs::write(&path, "usual").unwrap();
        let usual = mode();
        write_atomic(&path, b"secret", Access::Owner).unwrap();
        assert_eq!(mode(), 0o600);
        write_atomic(&path, b"usual", Access::Usual).unwrap();
        assert_eq!(mode(), usual);
    }

    #[cfg(unix)]
    #[test]
    fn the_longest_name_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n".repeat(255));
        write_atomic(&path, b"x", Access::Usual).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x");
    }

    #[test]
    fn a_long_name_is_cut_between_characters_and_keeps_its_end() {
        let check = |stem: &str, n_expected: usize| {
            let name = fitting_name(stem.as_ref(), " (2).txt")
                .into_string()
                .unwrap();
            assert_eq!(name.len(), n_expected);
            assert!(stem.starts_with(name.strip_suffix(" (2).txt").unwrap()));
            let folder = tempfile::tempdir().unwrap();
            write_atomic(&folder.path().join(name), b"x", Access::Usual).unwrap();
        };
        check("talk", 12);
        check(&"n".repeat(247), 255);
        check(&"n".repeat(248), 255);
        check(&"录".repeat(82), 254);
        check(&"录".repeat(83), 254);
        check(&format!("a{}", "😀".repeat(62)), 253);
    }

    #[test]
    fn replace_overwrites_an_existing_file() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "old").unwrap();
        replace(&from, &to).unwrap();
        assert_eq!(names(folder.path()), ["to"]);
        assert_eq!(fs::read_to_string(&to).unwrap(), "new");
    }

    #[test]
    fn a_free_path_is_the_first_that_does_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        let path_of = |n: u32| folder.path().join(format!("name {n}"));
        assert_eq!(free_path(path_of), path_of(1));
        fs::write(path_of(1), "").unwrap();
        fs::create_dir(path_of(2)).unwrap();
        // A dangling link also counts as existing.
        #[cfg(unix)]
        std::os::unix::fs::symlink("gone", path_of(3)).unwrap();
        #[cfg(not(unix))]
        fs::write(path_of(3), "").unwrap();
        assert_eq!(free_path(path_of), path_of(4));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_private_is_for_its_owner_even_if_it_was_there_before() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old");
        fs::create_dir(&old).unwrap();
        fs::write(old.join("file"), "kept").unwrap();
        for (path, open) in [(&old, 0o755), (&old.join("file"), 0o644)] {
            fs::set_permissions(path, fs::Permissions::from_mode(open)).unwrap();
        }
        for path in [old.join("a/b"), old.clone()] {
            create_private_folder(&path).unwrap();
            assert_eq!(mode(&path), 0o700, "{}", path.display());
        }
        assert_eq!(mode(&old.join("a")), 0o700);
        for name in ["file", "new"] {
            open_private(&old.join(name)).unwrap();
            assert_eq!(mode(&old.join(name)), 0o600, "{name}");
        }
        assert_eq!(fs::read(old.join("file")).unwrap(), b"kept");
        create_private_folder(&old.join("file")).unwrap_err();
    }
}
