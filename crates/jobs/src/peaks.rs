//! Peaks are the loudness of a recording, coarse enough to be drawn.

use std::path::Path;

use earmark_audio::{Recording, SAMPLE_RATE, Source};

use crate::Failure;

/// Bytes that [`peaks`] gives for a second of recording.
pub const PEAKS_PER_SECOND: u32 = 50;

/// Loudness of a recording, [`PEAKS_PER_SECOND`] bytes a second; 255 is the loudest it becomes.
///
/// Errors: the recording cannot be read.
pub fn peaks(recording: &Path) -> Result<Vec<u8>, Failure> {
    peaks_of(&mut Recording::open(recording)?)
}

fn peaks_of(source: &mut dyn Source) -> Result<Vec<u8>, Failure> {
    let n_samples = (SAMPLE_RATE / PEAKS_PER_SECOND) as usize;
    let (mut peaks, mut peak, mut n_in_peak) = (Vec::new(), 0.0_f32, 0);
    while let Some(block) = source.next_block()? {
        for sample in block {
            peak = peak.max(sample.abs());
            n_in_peak += 1;
            if n_in_peak == n_samples {
                peaks.push(peak);
                (peak, n_in_peak) = (0.0, 0);
            }
        }
    }
    if n_in_peak > 0 {
        peaks.push(peak);
    }
    let loudest = peaks.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let level = |peak: f32| (peak / loudest * 255.0).round() as u8;
    Ok(peaks.into_iter().map(level).collect())
}

#[cfg(test)]
mod tests {
    use earmark_audio::{Error, Source};

    use super::peaks_of;

    struct Blocks(Vec<Vec<f32>>);

    impl Source for Blocks {
        fn next_block(&mut self) -> Result<Option<Vec<f32>>, Error> {
            Ok((!self.0.is_empty()).then(|| self.0.remove(0)))
        }
        fn n_total(&self) -> Option<u64> {
            None
        }
        fn warnings(&self) -> &[String] {
            &[]
        }
    }

    #[test]
    fn the_loudest_is_255_and_blocks_may_end_anywhere() {
        let mut source = Blocks(vec![vec![0.1; 100], vec![-0.5; 250], vec![0.25; 300]]);
        assert_eq!(peaks_of(&mut source).unwrap(), [255, 255, 128]);
        assert_eq!(peaks_of(&mut Blocks(vec![vec![0.0; 321]])).unwrap(), [0, 0]);
        assert_eq!(peaks_of(&mut Blocks(Vec::new())).unwrap(), [0_u8; 0]);
    }
}
