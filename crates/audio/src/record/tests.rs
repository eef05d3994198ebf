use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use earmark_transcript::Ms;
use proptest::prelude::*;

use super::{N_HEADER, Recorder, Storage, repair};
use crate::{Error, Ffmpeg, Recording, Source as _};

/// An in-memory disk.
#[derive(Clone)]
struct Disk {
    content: Arc<Mutex<Cursor<Vec<u8>>>>,
    /// Its capacity in bytes.
    n_room: usize,
    /// Bytes written before the simulated kill.
    n_life: Arc<Mutex<usize>>,
}

impl Disk {
    fn new(n_room: usize, n_life: usize) -> Self {
        Self {
            content: Arc::default(),
            n_room,
            n_life: Arc::new(Mutex::new(n_life)),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        self.content.lock().unwrap().get_ref().clone()
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut content = self.content.lock().unwrap();
        let mut life = self.n_life.lock().unwrap();
        let room = self.n_room.saturating_sub(content.position() as usize);
        let n = bytes.len().min(room).min(*life);
        if n == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        *life -= n;
        content.write(&bytes[..n])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Disk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.content.lock().unwrap().seek(to)
    }
}

impl Storage for Disk {
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn cut(&mut self, n_bytes: u64) -> io::Result<()> {
        let is_alive = *self.n_life.lock().unwrap() > 0;
        if is_alive {
            let mut content = self.content.lock().unwrap();
            content.get_mut().truncate(n_bytes as usize);
        }
        Ok(())
    }
}

const RATE_HZ: u32 = 16_000;

/// Samples that are exact in 16 bits.
fn ramp(n: usize) -> Vec<f32> {
    (0..n).map(|i| (i as f32 - 900.0) / 32_767.0).collect()
}

/// Records `samples` in blocks of 100 and returns the result.
fn record(disk: &Disk, n_channels: u16, samples: &[f32]) -> Result<Ms, Error> {
    let path = Path::new("memory.wav");
    let begun = Recorder::begin(path, Box::new(disk.clone()), RATE_HZ, n_channels);
    let mut recorder = begun.map_err(|source| Error::Unwritable {
        path: path.into(),
        source,
    })?;
    for block in samples.chunks(100) {
        recorder.write(block)?;
    }
    Ok(recorder.finish()?.duration)
}

/// The 16-bit samples that the decoder reads from a file; `None` if there are none.
fn decode(path: &Path) -> Vec<i16> {
    let mut recording = match Recording::open_with(path, &Ffmpeg::none()) {
        Ok(recording) => recording,
        Err(Error::ZeroLength { .. } | Error::Empty { .. } | Error::NotAudio { .. }) => {
            return Vec::new();
        }
        Err(other) => panic!("{other}"),
    };
    let mut samples = Vec::new();
    while let Some(block) = recording.next_block().unwrap() {
        samples.extend(block.iter().map(|s| (s * 32_768.0).round() as i16));
    }
    samples
}

/// Checks that a file with this content has the first `n` samples of the ramp, unchanged and
/// repaired.
#[track_caller]
fn check(content: &[u8], n: usize) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let expected: Vec<i16> = (0..n).map(|i| i as i16 - 900).collect();
    if content.len() > N_HEADER {
        assert_eq!(
            decode(file.path()),
            expected,
            "not repaired, {} bytes",
            content.len()
        );
    }
    match repair(file.path()) {
        Ok(recorded) => assert_eq!(recorded.duration, Ms::from_samples(n as u64, RATE_HZ)),
        Err(Error::ZeroLength { .. }) => assert_eq!(n, 0),
        Err(other) => panic!("{other}"),
    }
    if n > 0 {
        let repaired = std::fs::read(file.path()).unwrap();
        assert_eq!(repaired.len(), N_HEADER + 2 * n);
        let n_bytes = u32::from_le_bytes(repaired[40..44].try_into().unwrap());
        assert_eq!(n_bytes as usize, 2 * n);
        assert_eq!(decode(file.path()), expected);
        repair(file.path()).unwrap();
        assert_eq!(
            std::fs::read(file.path()).unwrap(),
            repaired,
            "repaired twice"
        );
    }
}

#[test]
fn the_file_contains_what_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.wav");
    let mut recorder = Recorder::create(&path, RATE_HZ, 1).unwrap();
    for block in ramp(40_000).chunks(1_000) {
        recorder.write(block).unwrap();
    }
    assert_eq!(recorder.duration(), Ms(2_500));
    assert_eq!(recorder.finish().unwrap().duration, Ms(2_500));
    let samples = decode(&path);
    assert_eq!(samples.len(), 40_000);
    assert!(
        samples
            .iter()
            .zip(-900..)
            .all(|(sample, i)| i32::from(*sample) == i.min(32_767))
    );
    let again = Recorder::create(&path, RATE_HZ, 1).unwrap_err();
    assert!(matches!(again, Error::Unwritable { .. }), "{again}");
    assert_eq!(decode(&path).len(), 40_000);
}

#[test]
fn loud_samples_are_clipped() {
    let disk = Disk::new(usize::MAX, usize::MAX);
    record(&disk, 1, &[2.0, -2.0, f32::INFINITY, f32::NAN]).unwrap();
    let samples: Vec<u8> = disk.bytes()[N_HEADER..].to_vec();
    assert_eq!(samples, [0xff, 0x7f, 0x00, 0x80, 0xff, 0x7f, 0, 0]);
}

#[test]
fn a_kill_at_any_byte_keeps_everything_written() {
    let samples = ramp(350);
    let whole = Disk::new(usize::MAX, usize::MAX);
    record(&whole, 1, &samples).unwrap();
    let n_written = 2 * N_HEADER + 700;
    for n_life in 0..=n_written {
        let disk = Disk::new(usize::MAX, n_life);
        let outcome = record(&disk, 1, &samples);
        assert_eq!(outcome.is_ok(), n_life == n_written);
        let n = n_life.saturating_sub(N_HEADER).min(700) / 2;
        check(&disk.bytes(), n);
    }
    check(&whole.bytes(), 350);
}

/// The 16-bit samples that ffmpeg reads from a file with this content.
fn ffmpeg(content: &[u8]) -> Vec<i16> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let outcome = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "fatal", "-f", "wav", "-i"])
        .arg(file.path())
        .args(["-f", "s16le", "-"])
        .output()
        .expect("`cargo xtask setup` installs ffmpeg");
    let complaints = String::from_utf8_lossy(&outcome.stderr);
    let n = content.len();
    assert!(outcome.status.success(), "{n} bytes: {complaints}");
    let samples = outcome.stdout.chunks_exact(2);
    let samples = samples.map(|bytes| i16::from_le_bytes([bytes[0], bytes[1]]));
    samples.collect()
}

#[test]
fn ffmpeg_reads_the_file_after_a_kill_at_any_byte() {
    let samples = ramp(350);
    // The lengths in the header are filled in last; an earlier kill is within the audio.
    let n_sound = N_HEADER + 700;
    let (sound, header) = (N_HEADER + 2..n_sound, n_sound..=n_sound + N_HEADER);
    for n_life in sound.step_by(23).chain(header.step_by(3)) {
        let disk = Disk::new(usize::MAX, n_life);
        let outcome = record(&disk, 1, &samples);
        assert_eq!(outcome.is_ok(), n_life == n_sound + N_HEADER);
        let n = (n_life - N_HEADER).min(700) / 2;
        let expected: Vec<i16> = (0..n).map(|i| i as i16 - 900).collect();
        assert_eq!(
            ffmpeg(&disk.bytes()),
            expected,
            "killed after {n_life} bytes"
        );
    }
}

#[test]
fn a_full_disk_ends_the_recording_and_keeps_what_fitted() {
    let samples = ramp(350);
    for n_room in N_HEADER..N_HEADER + 700 {
        let disk = Disk::new(n_room, usize::MAX);
        let n = (n_room - N_HEADER) / 2;
        let error = record(&disk, 1, &samples).unwrap_err();
        let Error::Stopped { kept, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(*kept, Ms::from_samples(n as u64, RATE_HZ));
        let content = disk.bytes();
        assert_eq!(content.len(), N_HEADER + 2 * n);
        assert_eq!(content[40..44], (2 * n as u32).to_le_bytes());
        check(&content, n);
    }
}

#[test]
fn a_stopped_recorder_keeps_failing() {
    let disk = Disk::new(N_HEADER + 3_200, usize::MAX);
    let path = Path::new("talk.wav");
    let mut recorder = Recorder::begin(path, Box::new(disk), RATE_HZ, 1).unwrap();
    let message = recorder.write(&ramp(2_000)).unwrap_err().to_string();
    assert!(
        message.contains("talk.wav") && message.contains("0:00.100"),
        "{message}"
    );
    assert!(recorder.write(&[0.0]).is_err());
    assert_eq!(recorder.finish().unwrap().duration, Ms(100));
}

#[test]
fn an_incomplete_stereo_frame_is_removed() {
    let disk = Disk::new(N_HEADER + 4 * 10 + 3, usize::MAX);
    let error = record(&disk, 2, &ramp(100)).unwrap_err();
    assert!(matches!(error, Error::Stopped { .. }));
    assert_eq!(disk.bytes().len(), N_HEADER + 40);
}

#[test]
fn foreign_files_are_not_changed() {
    let disk = Disk::new(usize::MAX, usize::MAX);
    record(&disk, 1, &ramp(100)).unwrap();
    let mut tagged = disk.bytes();
    tagged.extend(b"LIST\x04\0\0\0INFO");
    let mut eight_bits = disk.bytes();
    eight_bits[34] = 8;
    for content in [tagged, eight_bits, b"#!/bin/sh\n".repeat(20), vec![0; 100]] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &content).unwrap();
        let error = repair(file.path()).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{error}");
        assert_eq!(std::fs::read(file.path()).unwrap(), content);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_file_cut_anywhere_opens_with_what_is_left(n in 1usize..20_000, cut in 0.0f64..1.0) {
        let disk = Disk::new(usize::MAX, usize::MAX);
        record(&disk, 1, &ramp(n)).unwrap();
        let mut content = disk.bytes();
        content.truncate((content.len() as f64 * cut) as usize);
        let n_left = content.len().saturating_sub(N_HEADER) / 2;
        check(&content, n_left);
    }
}
