//! Recordings with more channels than the demuxer takes, as multitrack recorders write them.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::signal::{compare, decode, signal};

/// How samples are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sample {
    S16,
    S24,
    F32,
}

impl Sample {
    fn n_bytes(self) -> u16 {
        match self {
            Self::S16 => 2,
            Self::S24 => 3,
            Self::F32 => 4,
        }
    }

    fn little(self, sample: f32) -> Vec<u8> {
        match self {
            Self::S16 => ((sample * 32_767.0) as i16).to_le_bytes().to_vec(),
            Self::S24 => ((sample * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec(),
            Self::F32 => sample.to_le_bytes().to_vec(),
        }
    }

    /// Frames with the signal on every channel but the last, which is silent.
    fn frames(self, n_channels: u16, is_big: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        for sample in signal() {
            let (mut loud, mut silent) = (self.little(sample), self.little(0.0));
            if is_big {
                loud.reverse();
                silent.reverse();
            }
            for _ in 1..n_channels {
                bytes.extend_from_slice(&loud);
            }
            bytes.extend(silent);
        }
        bytes
    }
}

fn wav(sample: Sample, n_channels: u16, mask: Option<u32>) -> Vec<u8> {
    let data = sample.frames(n_channels, false);
    let format: u16 = if sample == Sample::F32 { 3 } else { 1 };
    let n_frame = n_channels * sample.n_bytes();
    let bits = 8 * sample.n_bytes();
    let mut header = Vec::new();
    let tag = if mask.is_some() { 0xfffe } else { format };
    header.extend([tag, n_channels].iter().flat_map(|it| it.to_le_bytes()));
    header.extend(16_000_u32.to_le_bytes());
    header.extend((16_000 * u32::from(n_frame)).to_le_bytes());
    header.extend([n_frame, bits].iter().flat_map(|it| it.to_le_bytes()));
    if let Some(mask) = mask {
        header.extend([22, bits].iter().flat_map(|it: &u16| it.to_le_bytes()));
        header.extend(mask.to_le_bytes());
        header.extend(format.to_le_bytes());
        header.extend(b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
    }
    let mut file = b"RIFF".to_vec();
    file.extend((20 + header.len() as u32 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend((header.len() as u32).to_le_bytes());
    file.extend(header);
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

fn caf(sample: Sample, n_channels: u16) -> Vec<u8> {
    let data = sample.frames(n_channels, true);
    let flags = u32::from(sample == Sample::F32);
    let mut file = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
    file.extend(16_000_f64.to_be_bytes());
    file.extend(b"lpcm");
    let n_frame = u32::from(n_channels * sample.n_bytes());
    let bits = u32::from(8 * sample.n_bytes());
    for number in [flags, n_frame, 1, u32::from(n_channels), bits] {
        file.extend(number.to_be_bytes());
    }
    // A layout with a mask of its first channels.
    file.extend(b"chan\0\0\0\0\0\0\0\x0c\0\x01\0\0\0\0\0\x03\0\0\0\0");
    file.extend(b"data");
    file.extend((data.len() as u64 + 4).to_be_bytes());
    file.extend([0; 4]);
    file.extend(data);
    file
}

fn aiff(n_channels: u16) -> Vec<u8> {
    let data = Sample::S16.frames(n_channels, true);
    let mut common = n_channels.to_be_bytes().to_vec();
    common.extend((signal().len() as u32).to_be_bytes());
    common.extend(16_u16.to_be_bytes());
    // 16,000 as a number of 80 bits.
    common.extend(b"\x40\x0c\xfa\0\0\0\0\0\0\0");
    let mut file = b"FORM".to_vec();
    file.extend((46 + data.len() as u32).to_be_bytes());
    file.extend(b"AIFFCOMM\0\0\0\x12");
    file.extend(common);
    file.extend(b"SSND");
    file.extend((data.len() as u32 + 8).to_be_bytes());
    file.extend([0; 8]);
    file.extend(data);
    file
}

fn write(folder: &TempDir, content: Vec<u8>) -> PathBuf {
    let path = folder.path().join("recording");
    fs::write(&path, content).unwrap();
    path
}

#[track_caller]
fn check(name: &str, n_channels: u16, content: Vec<u8>) {
    let folder = TempDir::new().unwrap();
    let (samples, warnings) = decode(&write(&folder, content)).unwrap();
    assert_eq!(warnings, Vec::<String>::new(), "{name}");
    let found = compare(&samples, &signal(), 40);
    let gain = f64::from(n_channels - 1) / f64::from(n_channels);
    let summary = format!("{name}: {found:?}, {} samples", samples.len());
    assert!(found.correlation > 0.999 && found.lag == 0, "{summary}");
    assert!((found.gain - gain).abs() < 0.01, "{summary}");
    assert_eq!(samples.len(), signal().len(), "{name}");
}

#[test]
fn a_recording_may_have_64_channels() {
    for n_channels in [26, 27, 29, 32, 61, 64] {
        let wav = |sample| wav(sample, n_channels, None);
        check("wav, 16 bits", n_channels, wav(Sample::S16));
        check("wav, 24 bits", n_channels, wav(Sample::S24));
        check("wav, floats", n_channels, wav(Sample::F32));
        check("caf, 16 bits", n_channels, caf(Sample::S16, n_channels));
        check("caf, floats", n_channels, caf(Sample::F32, n_channels));
        check("aiff", n_channels, aiff(n_channels));
    }
}

#[test]
fn a_mask_of_channels_may_be_anything() {
    for (n_channels, mask) in [
        (2, 3),
        (2, 0x8000_0000),
        (6, 0),
        (18, 0x3_ffff),
        (19, 0),
        (24, u32::MAX),
        (40, 0),
        (64, 0x3f),
    ] {
        let name = format!("{n_channels} channels, mask {mask:x}");
        let floats = wav(Sample::F32, n_channels, Some(mask));
        check(&name, n_channels, floats);
        check(&name, n_channels, wav(Sample::S24, n_channels, Some(mask)));
    }
}

#[test]
fn more_than_64_channels_are_damage() {
    let folder = TempDir::new().unwrap();
    for content in [wav(Sample::S16, 65, None), aiff(65)] {
        let error = decode(&write(&folder, content)).unwrap_err();
        assert!(error.to_string().contains("channel"), "{error}");
    }
}
