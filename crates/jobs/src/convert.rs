//! A conversion makes a quantised copy of a model, so that later starts are instant.

use std::path::PathBuf;

use earmark_engine::{Dtype, Outcome, quantise};
use earmark_weights::{
    Control, Environment, Error, Event, Files, OnEvent, Progress, RequestedState, ThisComputer,
    UnfinishedCopy, original_name,
};

use crate::checkpoint::checkpoint;
use crate::{Failure, models_folder};

/// What to convert, and into what.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// Folder or catalog name of a recogniser or an aligner.
    pub model: String,
    /// How the copy stores its matrices; not f32.
    pub dtype: Dtype,
    /// The folder of the copy; none for one beside the other models, named like the original with
    /// the dtype behind it.
    pub folder: Option<PathBuf>,
}

/// Makes a quantised copy; its folder, or none when it was cancelled. However it ends, the original
/// is unchanged, and nothing is left of a copy that was not finished.
///
/// Errors: the model cannot be found or read, the folder is there already, the disk is too small
/// or fails.
pub fn convert(
    conversion: &Conversion,
    control: &Control,
    on_event: &OnEvent<'_>,
) -> Result<Option<PathBuf>, Failure> {
    convert_in(conversion, &ThisComputer, control, on_event)
}

pub(crate) fn convert_in(
    conversion: &Conversion,
    environment: &dyn Environment,
    control: &Control,
    on_event: &OnEvent<'_>,
) -> Result<Option<PathBuf>, Failure> {
    let (home, dtype) = (models_folder(), conversion.dtype);
    let original = match earmark_weights::find(&conversion.model, &home) {
        Err(Error::NotARecognizer { .. }) => {
            earmark_weights::find_aligner(&conversion.model, &home)?
        }
        found => found?,
    };
    let name = format!("{}-{}", original_name(&original), dtype.name());
    let folder = conversion.folder.clone().unwrap_or_else(|| home.join(name));
    let checkpoint = checkpoint(&original);
    let n_bytes = quantise::size(&checkpoint, dtype)?;
    // Written once, then read once for the hashes, and so is the original.
    let total = 2 * n_bytes + n_source_bytes(&original.files);
    let copy = UnfinishedCopy::begin(&folder, n_bytes, environment)?;
    let file = copy.temporary_folder().join(quantise::FILE);
    let outcome = quantise::convert(&checkpoint, dtype, &file, &mut |done, _| {
        on_event(Event::Progress(Progress::reading(done, total)));
        control.requested() != RequestedState::Cancel
    })?;
    match outcome {
        Outcome::Done(written) => {
            Ok(copy.finish(&original, dtype.name(), (written, total), control, on_event)?)
        }
        Outcome::Cancelled => Ok(None),
    }
}

/// Size of all files of a model. Units: bytes.
fn n_source_bytes(files: &Files) -> u64 {
    match files {
        Files::Embedded(files) => files.iter().map(|(_, bytes)| bytes.len() as u64).sum(),
        Files::Folder(folder) => {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
            files
                .filter_map(|file| file.metadata().ok().map(|it| it.len()))
                .sum()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use earmark_engine::Dtype;
    use earmark_weights::{Control, Environment, Health, Origin, verify_copy};

    use super::{Conversion, convert, convert_in};
    use crate::{DEMO, Failure};

    /// A computer with so much room on its disk.
    struct Disk(u64);

    impl Environment for Disk {
        fn now(&self) -> Duration {
            Duration::ZERO
        }
        fn wait(&self, _: Duration, _: &Control) {}
        fn chance(&self) -> f64 {
            0.0
        }
        fn free_space(&self, _: &Path) -> io::Result<u64> {
            Ok(self.0)
        }
    }

    fn conversion(model: &str, folder: PathBuf) -> Conversion {
        Conversion {
            model: model.into(),
            dtype: Dtype::Q8_0,
            folder: Some(folder),
        }
    }

    fn convert_quietly(conversion: &Conversion) -> Result<Option<PathBuf>, Failure> {
        convert(conversion, &Control::default(), &|_| ())
    }

    /// Converts; it must fail with this, and leave nothing behind.
    fn check(home: &Path, made: Result<Option<PathBuf>, Failure>, expected: &str) {
        let failure = made.unwrap_err();
        assert!(failure.message.contains(expected), "{failure}");
        assert_eq!(fs::read_dir(home).unwrap().count(), 0, "{failure}");
    }

    #[test]
    fn a_copy_lists_its_files_and_those_it_was_made_from() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("copy");
        let made = convert_quietly(&conversion(DEMO, folder.clone())).unwrap();
        assert_eq!(made, Some(folder.clone()));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        let origin = Origin::read(&folder).unwrap();
        assert_eq!(
            (origin.name.as_str(), origin.dtype.as_str()),
            (DEMO, "q8_0")
        );
        let names = |files: &[earmark_weights::FileHash]| -> Vec<String> {
            files.iter().map(|file| file.name.clone()).collect()
        };
        let kept = [
            "config.json",
            "merges.txt",
            "tokenizer_config.json",
            "vocab.json",
        ];
        for name in kept {
            assert!(names(&origin.source).contains(&name.to_owned()), "{name}");
            assert!(names(&origin.files).contains(&name.to_owned()), "{name}");
        }
        assert!(names(&origin.source).contains(&"model.safetensors".to_owned()));
        assert_eq!(
            origin.files.len() + 1,
            fs::read_dir(&folder).unwrap().count()
        );

        let verify = || {
            verify_copy(&folder, &Control::default(), &|_| ())
                .unwrap()
                .unwrap()
        };
        assert!(
            verify()
                .iter()
                .all(|finding| finding.health == Health::Right)
        );
        let file = folder.join(earmark_engine::quantise::FILE);
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&file, bytes).unwrap();
        fs::remove_file(folder.join("merges.txt")).unwrap();
        let healths: Vec<_> = verify()
            .into_iter()
            .map(|it| (it.file, it.health))
            .collect();
        assert!(healths.contains(&("merges.txt".into(), Health::Missing)));
        let damaged = Health::Damaged("its SHA-256 is another".into());
        assert!(healths.contains(&(earmark_engine::quantise::FILE.into(), damaged)));
    }

    #[test]
    fn a_disk_that_is_too_small_is_told_before_anything_is_written() {
        let home = tempfile::tempdir().unwrap();
        let conversion = conversion(DEMO, home.path().join("copy"));
        let made = convert_in(&conversion, &Disk(1000), &Control::default(), &|_| ());
        check(home.path(), made, "not enough space");
    }

    #[test]
    fn what_cannot_be_converted_says_so() {
        let home = tempfile::tempdir().unwrap();
        let convert = |model: &str| convert_quietly(&conversion(model, home.path().join("copy")));
        check(home.path(), convert("whisper"), "no model called `whisper`");
        check(home.path(), convert("./nowhere"), "no model folder");
    }

    #[test]
    fn a_copy_never_replaces_what_is_there() {
        let home = tempfile::tempdir().unwrap();
        let failure = convert_quietly(&conversion(DEMO, home.path().into())).unwrap_err();
        assert!(failure.message.contains("already exists"), "{failure}");
        let copy = home.path().join("copy");
        convert_quietly(&conversion(DEMO, copy.clone())).unwrap();
        let again = conversion(&copy.display().to_string(), home.path().join("again"));
        let failure = convert_quietly(&again).unwrap_err();
        assert!(
            failure.message.contains("the model it was converted from"),
            "{failure}"
        );
    }

    #[test]
    fn wherever_it_is_cancelled_nothing_is_left() {
        let home = tempfile::tempdir().unwrap();
        let conversion = conversion(DEMO, home.path().join("copy"));
        let n_events = AtomicUsize::new(0);
        let count = |_| {
            n_events.fetch_add(1, Ordering::Relaxed);
        };
        convert(&conversion, &Control::default(), &count).unwrap();
        fs::remove_dir_all(home.path().join("copy")).unwrap();
        let n_events = n_events.into_inner();
        let mut n_tried = 0;
        for nth in (1..n_events).step_by(n_events / 12) {
            let (control, n_seen) = (Control::default(), AtomicUsize::new(0));
            let made = convert(&conversion, &control, &|_| {
                if n_seen.fetch_add(1, Ordering::Relaxed) == nth {
                    control.cancel();
                }
            });
            assert_eq!(
                made.unwrap(),
                None,
                "cancelled at event {nth} of {n_events}"
            );
            assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
            n_tried += 1;
        }
        assert!(n_tried >= 12);
    }

    #[test]
    fn what_a_killed_program_left_is_cleared_away() {
        let home = tempfile::tempdir().unwrap();
        let making = home.path().join(".copy.making");
        fs::create_dir(&making).unwrap();
        fs::write(making.join("quantised.safetensors"), "half of it").unwrap();
        fs::write(making.join("stray"), "").unwrap();
        let copy = home.path().join("copy");
        convert_quietly(&conversion(DEMO, copy.clone())).unwrap();
        assert!(!copy.join("stray").exists() && !making.exists());
    }
}
