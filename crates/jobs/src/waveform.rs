//! An outline is what a recording looks like: how loud it is, and where somebody speaks.

use std::path::Path;

use earmark_audio::vad::{self, Span};
use earmark_audio::{Recording, SAMPLE_RATE, Source};
use earmark_transcript::Ms;

use crate::Failure;

/// Bytes of [`Waveform::peaks`] for a second of recording.
pub const PEAKS_PER_SECOND: u32 = 50;

/// What a recording looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waveform {
    /// Loudness, [`PEAKS_PER_SECOND`] bytes a second; 255 is the loudest it becomes.
    pub peaks: Vec<u8>,
    /// Where somebody speaks: stretches in order, apart.
    pub speech: Vec<(Ms, Ms)>,
}

impl Waveform {
    /// Reads a recording once, to its end.
    ///
    /// Errors: the recording cannot be read.
    pub fn of(recording: &Path) -> Result<Self, Failure> {
        Self::of_source(&mut Recording::open(recording)?)
    }

    fn of_source(source: &mut dyn Source) -> Result<Self, Failure> {
        let mut meter = Meter::default();
        let mut detector = vad::Detector::new(&vad::Settings::default());
        let mut spans = Vec::new();
        while let Some(block) = source.next_block()? {
            meter.push(&block);
            spans.extend(detector.push(&block));
        }
        spans.extend(detector.finish());
        let at = |sample| Ms::from_samples(sample, SAMPLE_RATE);
        let pair = |span: Span| (at(span.start), at(span.end));
        Ok(Self {
            peaks: meter.finish(),
            speech: spans.into_iter().map(pair).collect(),
        })
    }
}

/// Measures peaks as the samples come.
#[derive(Default)]
struct Meter {
    peaks: Vec<f32>,
    peak: f32,
    n_in_peak: u32,
}

impl Meter {
    fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            self.peak = self.peak.max(sample.abs());
            self.n_in_peak += 1;
            if self.n_in_peak == SAMPLE_RATE / PEAKS_PER_SECOND {
                self.end_peak();
            }
        }
    }

    fn end_peak(&mut self) {
        self.peaks.push(self.peak);
        (self.peak, self.n_in_peak) = (0.0, 0);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.n_in_peak > 0 {
            self.end_peak();
        }
        let loudest = self.peaks.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let level = |peak: f32| (peak / loudest * 255.0).round() as u8;
        self.peaks.into_iter().map(level).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use earmark_audio::MemorySource;
    use earmark_transcript::Ms;

    use super::Waveform;
    use crate::Code;

    #[test]
    fn the_loudest_is_255_and_blocks_may_end_anywhere() {
        let peaks = |samples: &[f32], n_block| {
            let mut source = MemorySource::new(samples).in_blocks_of(n_block);
            Waveform::of_source(&mut source).unwrap().peaks
        };
        let samples = [vec![0.1; 100], vec![-0.5; 250], vec![0.25; 300]].concat();
        for n_block in [1, 100, 320, 350, 650] {
            assert_eq!(
                peaks(&samples, n_block),
                [255, 255, 128],
                "blocks of {n_block}"
            );
        }
        assert_eq!(peaks(&[0.0; 321], 321), [0, 0]);
        assert_eq!(peaks(&[], 1), [0_u8; 0]);
    }

    #[test]
    fn a_recording_is_loud_where_somebody_speaks() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/en-dialogue.flac");
        let outline = Waveform::of(&sample).unwrap();
        let spoken = |nth: usize| {
            let at = Ms(nth as u32 * 20);
            outline
                .speech
                .iter()
                .any(|&(from, to)| from <= at && at < to)
        };
        let mean = |wanted: bool| {
            let levels = outline.peaks.iter().enumerate();
            let levels = levels.filter(|(nth, _)| spoken(*nth) == wanted);
            let (n, sum) = levels.fold((0, 0.0), |(n, sum), (_, level)| {
                (n + 1, sum + f64::from(*level))
            });
            sum / f64::from(n.max(1))
        };
        assert!(
            outline.speech.len() > 10,
            "{} stretches",
            outline.speech.len()
        );
        assert!(outline.speech.is_sorted(), "in order");
        assert!(
            mean(true) > 10.0 * mean(false),
            "{} and {}",
            mean(true),
            mean(false)
        );
        // The first word of the sample begins at 300 ms.
        assert!(outline.speech[0].0 <= Ms(300), "{:?}", outline.speech[0]);
    }

    #[test]
    fn a_missing_recording_says_so() {
        let failure = Waveform::of(Path::new("/nowhere/at/all.wav")).unwrap_err();
        assert_eq!(failure.code, Code::RecordingUnreadable);
    }
}
