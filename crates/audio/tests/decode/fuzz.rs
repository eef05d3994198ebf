//! Random damage: decoding never panics, always ends, and returns only finite samples.

use std::fs;
use std::sync::LazyLock;

use proptest::prelude::*;

use crate::signal::{decode, fixture};

/// Every recording among the fixtures.
static FILES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let entries = fs::read_dir(fixture("")).unwrap();
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "sh"))
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
});

/// A position in a file: half of them in its first bytes, where the headers are.
fn position() -> impl Strategy<Value = (bool, prop::sample::Index)> {
    (any::<bool>(), any::<prop::sample::Index>())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn damaged_files_end_in_samples_or_in_an_error(
        which in any::<prop::sample::Index>(),
        flips in prop::collection::vec((position(), any::<u8>()), 0..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (name, whole) = which.get(&FILES);
        let mut bytes = whole.clone();
        for ((in_header, at), value) in &flips {
            let most = if *in_header { bytes.len().min(600) } else { bytes.len() };
            bytes[at.index(most)] = *value;
        }
        if let Some(at) = cut {
            bytes.truncate(at.index(bytes.len() + 1));
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &bytes).unwrap();
        match decode(file.path()) {
            Ok((samples, _)) => {
                prop_assert!(samples.iter().all(|sample| sample.is_finite()), "{name}");
            }
            Err(e) => prop_assert!(!e.to_string().is_empty()),
        }
    }
}
