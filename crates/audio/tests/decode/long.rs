//! Memory does not depend on the length of a recording.

use std::io::{Seek as _, SeekFrom, Write as _};

use earmark_audio::{Ffmpeg, Recording, Source as _};
use earmark_transcript::Ms;

/// Length of the recording.
///
/// Units: seconds.
const LENGTH_S: u32 = 3 * 3600;

/// Set in the child process that runs the test.
const ALONE: &str = "EARMARK_TEST_ALONE";

#[test]
fn three_hours_are_decoded_in_constant_memory() {
    // Runs in its own process, because memory of other tests would be counted, too.
    if std::env::var_os(ALONE).is_none() {
        let alone = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "long::three_hours_are_decoded_in_constant_memory",
            ])
            .env(ALONE, "1")
            .output()
            .unwrap();
        assert!(
            alone.status.success(),
            "{}",
            String::from_utf8_lossy(&alone.stdout)
        );
        return;
    }
    // A sparse file: as long as three hours of 8 kHz mu-law, a few bytes on disk.
    let n_bytes = LENGTH_S * 8000;
    let mut header = b"RIFF\0\0\0\0WAVEfmt \x12\0\0\0\x07\0\x01\0".to_vec();
    header.extend([8000u32, 8000].iter().flat_map(|n| n.to_le_bytes()));
    header.extend(b"\x01\0\x08\0\0\0data");
    header.extend(n_bytes.to_le_bytes());
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&header).unwrap();
    file.seek(SeekFrom::Start(
        header.len() as u64 + u64::from(n_bytes) - 1,
    ))
    .unwrap();
    file.write_all(&[0]).unwrap();

    let mut recording = Recording::open_with(file.path(), &Ffmpeg::none()).unwrap();
    assert_eq!(recording.duration(), Some(Ms(LENGTH_S * 1000)));
    let before = resident_kb();
    let mut n = 0;
    while let Some(block) = recording.next_block().unwrap() {
        assert!(block.len() <= 32_000);
        n += block.len() as u64;
    }
    assert_eq!(n, u64::from(LENGTH_S) * 16_000);
    // In memory as a whole it would be 84 MB as a file and 660 MB as samples.
    let grown = resident_kb().saturating_sub(before);
    assert!(grown < 30_000, "memory grew by {grown} KB");
}

/// Resident memory of this process; 0 if the system does not report it.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}
