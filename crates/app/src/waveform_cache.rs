//! Waveforms of recordings, kept beside the history, so that a recording is read for its waveform
//! once.

use earmark_files::Access;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use earmark_jobs::Waveform;
use earmark_store::EntryId;

use crate::api::Failure;

/// Bytes that are kept, at most: some 120 recordings of three hours, or 20,000 memos. The oldest
/// go first.
const MOST_BYTES: u64 = 64 << 20;

/// Changes when the bytes mean something else, or are found in another way.
const VERSION: u8 = 1;

/// What tells whether a kept waveform is that of the recording as it is now.
type Stamp = [u8; 17];

/// The waveform of an entry's recording, as the page reads it: the number of stretches in which
/// somebody speaks, their starts and ends in ms, then the peaks. Numbers are `u32`, little end
/// first.
///
/// Errors: the recording cannot be read.
pub(crate) fn of(folder: &Path, id: EntryId, recording: &Path) -> Result<Vec<u8>, Failure> {
    let (place, stamp) = (place(folder, id), stamp(recording));
    if let Some(stamp) = stamp
        && let Ok(mut kept) = fs::read(&place)
        && kept.starts_with(&stamp)
    {
        return Ok(kept.split_off(stamp.len()));
    }
    let bytes = packed(&Waveform::of(recording)?);
    if let Some(stamp) = stamp {
        // It can be made again; nobody needs to know when it cannot be kept.
        let _ = keep(folder, &place, &[&stamp[..], &bytes].concat());
    }
    Ok(bytes)
}

/// Removes what is kept of entries that are gone.
pub(crate) fn forget(folder: &Path, ids: &[EntryId]) {
    for &id in ids {
        let _ = fs::remove_file(place(folder, id));
    }
}

fn place(folder: &Path, id: EntryId) -> PathBuf {
    folder.join(id.0.to_string())
}

/// Version, length and time of change of a recording; none when it cannot be told.
fn stamp(recording: &Path) -> Option<Stamp> {
    let about = fs::metadata(recording).ok()?;
    let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let changed = u64::try_from(changed.as_nanos()).ok()?;
    let mut stamp = [VERSION; 17];
    stamp[1..9].copy_from_slice(&about.len().to_le_bytes());
    stamp[9..].copy_from_slice(&changed.to_le_bytes());
    Some(stamp)
}

fn packed(waveform: &Waveform) -> Vec<u8> {
    let numbers = waveform.speech.iter().flat_map(|(from, to)| [from.0, to.0]);
    let n_stretches = waveform.speech.len() as u32;
    let numbers = std::iter::once(n_stretches).chain(numbers);
    let mut bytes: Vec<u8> = numbers.flat_map(u32::to_le_bytes).collect();
    bytes.extend(&waveform.peaks);
    bytes
}

/// Writes an waveform and makes room for it.
fn keep(folder: &Path, place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    earmark_files::create_private_folder(folder)?;
    earmark_files::write_atomic(place, bytes, Access::Owner)?;
    let mut kept: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for file in fs::read_dir(folder)? {
        let file = file?;
        let about = file.metadata()?;
        kept.push((about.modified()?, about.len(), file.path()));
    }
    kept.sort_by_key(|(written, ..)| std::cmp::Reverse(*written));
    let mut n_bytes = 0;
    for (_, len, path) in kept {
        n_bytes += len;
        if n_bytes > MOST_BYTES && path != place {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use earmark_jobs::Waveform;
    use earmark_store::EntryId;

    use super::{MOST_BYTES, forget, of};

    #[test]
    fn an_outline_is_read_once_and_again_when_the_recording_changes() {
        let folder = tempfile::tempdir().unwrap();
        let waveforms = folder.path().join("waveforms");
        let recording = folder.path().join("a.flac");
        let sample = |name: &str| {
            let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
            fs::read(samples.join(name)).unwrap()
        };
        fs::write(&recording, sample("en-01.flac")).unwrap();
        let first = of(&waveforms, EntryId(7), &recording).unwrap();
        let waveform = Waveform::of(&recording).unwrap();
        let n_stretches = u32::from_le_bytes(first[..4].try_into().unwrap()) as usize;
        assert_eq!(n_stretches, waveform.speech.len());
        let start = u32::from_le_bytes(first[4..8].try_into().unwrap());
        assert_eq!(start, waveform.speech[0].0.0);
        assert_eq!(first[4 + 8 * n_stretches..], waveform.peaks);

        // What is kept is given as long as the recording is the same.
        let kept = waveforms.join("7");
        let mut marked = fs::read(&kept).unwrap();
        *marked.last_mut().unwrap() ^= 1;
        fs::write(&kept, &marked).unwrap();
        assert_ne!(of(&waveforms, EntryId(7), &recording).unwrap(), first);
        fs::write(&recording, sample("en-02.flac")).unwrap();
        let other = of(&waveforms, EntryId(7), &recording).unwrap();
        assert_eq!(
            other[4 + 8 * n_of(&other)..],
            Waveform::of(&recording).unwrap().peaks
        );

        forget(&waveforms, &[EntryId(7), EntryId(8)]);
        assert_eq!(fs::read_dir(&waveforms).unwrap().count(), 0);
        fs::remove_file(&recording).unwrap();
        assert!(of(&waveforms, EntryId(7), &recording).is_err());
    }

    fn n_of(bytes: &[u8]) -> usize {
        u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize
    }

    #[test]
    fn the_oldest_outlines_make_room() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("1");
        let file = fs::File::create(&old).unwrap();
        file.set_len(MOST_BYTES).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
        let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/en-01.flac");
        of(folder.path(), EntryId(2), &recording).unwrap();
        assert!(!old.exists() && folder.path().join("2").exists());
    }
}
