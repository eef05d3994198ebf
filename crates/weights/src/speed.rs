//! Measured speeds of recognisers on this computer, in `speeds.json` in the folder of checkpoints.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::disk::write_whole;

/// The measured speed of a recogniser on this computer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Speed {
    /// Seconds of work per second of audio.
    pub factor: f64,
    /// The device it was measured on, as text.
    pub device: String,
}

/// The speed of a checkpoint, if it was measured.
pub fn speed(name: &str, home: &Path) -> Option<Speed> {
    read(home).remove(name)
}

/// Saves the speed of a checkpoint, replacing an older one.
///
/// Errors: `Disk`.
pub fn keep_speed(name: &str, speed: &Speed, home: &Path) -> Result<(), Error> {
    fs::create_dir_all(home).map_err(|error| Error::disk(home, &error))?;
    let mut all = read(home);
    all.insert(name.to_owned(), speed.clone());
    write(&all, home)
}

/// Removes the speed of a checkpoint that is removed.
pub(crate) fn forget(name: &str, home: &Path) -> Result<(), Error> {
    let mut all = read(home);
    match all.remove(name) {
        Some(_) => write(&all, home),
        None => Ok(()),
    }
}

fn file(home: &Path) -> PathBuf {
    home.join("speeds.json")
}

/// All speeds; an invalid file counts as empty.
fn read(home: &Path) -> BTreeMap<String, Speed> {
    let text = fs::read(file(home)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn write(all: &BTreeMap<String, Speed>, home: &Path) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(all).expect("names and numbers become JSON");
    write_whole(&file(home), &text)
}

#[cfg(test)]
mod tests {
    use super::{Speed, file, forget, keep_speed, speed};

    #[test]
    fn a_speed_is_kept_by_name_until_its_checkpoint_goes() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("not there yet");
        let of = |factor| Speed {
            factor,
            device: "CPU".into(),
        };
        assert_eq!(speed("small", &home), None);
        keep_speed("small", &of(0.5), &home).unwrap();
        keep_speed("large", &of(2.0), &home).unwrap();
        keep_speed("small", &of(0.25), &home).unwrap();
        assert_eq!(speed("small", &home), Some(of(0.25)));
        // A float parser that is not exact would change the last digit.
        keep_speed("small", &of(0.025_504_596_429_709_914), &home).unwrap();
        assert_eq!(speed("small", &home), Some(of(0.025_504_596_429_709_914)));
        forget("small", &home).unwrap();
        forget("small", &home).unwrap();
        assert_eq!(speed("small", &home), None);
        assert_eq!(speed("large", &home), Some(of(2.0)));
        std::fs::write(file(&home), "{").unwrap();
        assert_eq!(speed("large", &home), None);
        keep_speed("large", &of(1.0), &home).unwrap();
        assert_eq!(speed("large", &home), Some(of(1.0)));
    }
}
