//! Who of two speaks: the one at the microphone, or those whom the computer plays.
//!
//! What a computer plays is silent where nobody speaks there, while a microphone hears the room and,
//! without headphones, those others too. So the second channel alone decides: a segment in which it
//! has sound for the larger part is the others'.

use std::path::Path;

use earmark_audio::SAMPLE_RATE;
use earmark_audio::record::Tail;
use earmark_transcript::{Ms, Segment, Transcript};

/// How much sound is judged at once.
///
/// Units: samples.
const N_STEP: usize = SAMPLE_RATE as usize / 10;

/// How much of a recording is read at once.
///
/// Units: frames.
const N_AT_ONCE: usize = SAMPLE_RATE as usize * 60;

/// The root of the mean square from which on a step has sound: -50 dB of full scale, well below
/// speech and above what a call leaves of noise.
const LOUD: f32 = 0.003_162;

/// Which steps of a recording have sound on its second channel.
pub(crate) struct ChannelSpeakers<'a> {
    /// None where there are not two channels.
    names: Option<&'a [String; 2]>,
    steps: Vec<bool>,
    /// The step that is not whole yet: sum of the squares, and number of samples.
    sum: (f32, usize),
}

impl<'a> ChannelSpeakers<'a> {
    /// `names`: who speaks on which of two channels; without them, and with any other number of
    /// channels, nobody is told apart.
    pub(crate) fn new(names: Option<&'a [String; 2]>, n_channels: usize) -> Self {
        Self {
            names: names.filter(|_| n_channels == 2),
            steps: Vec::new(),
            sum: (0.0, 0),
        }
    }

    /// Looks at a whole recording of a session, if there is anybody to tell apart.
    pub(crate) fn of_recording(names: Option<&'a [String; 2]>, recording: &Path) -> Self {
        let tail = names.and_then(|_| Tail::open(recording).ok());
        let mut channel_speakers = Self::new(names, tail.as_ref().map_or(0, Tail::n_channels));
        if let Some(mut tail) = tail.filter(|_| channel_speakers.names.is_some()) {
            // What cannot be read is reported by whoever hears it.
            while let Ok(frames) = tail.read(N_AT_ONCE)
                && !frames.is_empty()
            {
                channel_speakers.push(&frames);
            }
        }
        channel_speakers
    }

    /// Looks at the next frames of a recording.
    ///
    /// Shape: `[n_frames * n_channels] f32`, the channels of a frame side by side.
    pub(crate) fn push(&mut self, frames: &[f32]) {
        if self.names.is_none() {
            return;
        }
        for frame in frames.chunks_exact(2) {
            self.sum.0 += frame[1] * frame[1];
            self.sum.1 += 1;
            if self.sum.1 == N_STEP {
                let rms = (self.sum.0 / N_STEP as f32).sqrt();
                self.steps.push(rms >= LOUD);
                self.sum = (0.0, 0);
            }
        }
    }

    /// Names the speakers of a transcript of what was pushed.
    pub(crate) fn name_all(&self, transcript: &mut Transcript) {
        for segment in &mut transcript.segments {
            self.name(segment);
        }
    }

    /// Names the speaker of a segment of what was pushed.
    pub(crate) fn name(&self, segment: &mut Segment) {
        let Some(names) = self.names else { return };
        let step = |at: Ms| at.0 as usize / 100;
        let last = self.steps.len().saturating_sub(1);
        let range = step(segment.start).min(last)..(step(segment.end) + 1).min(self.steps.len());
        let steps = &self.steps[range];
        let n_loud = steps.iter().filter(|is_loud| **is_loud).count();
        let is_theirs = 2 * n_loud > steps.len();
        segment.speaker = Some(names[usize::from(is_theirs)].clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaker(channel_speakers: &ChannelSpeakers<'_>, start: u32, end: u32) -> Option<String> {
        let mut segment = Segment {
            start: Ms(start),
            end: Ms(end),
            text: String::new(),
            language: "English".into(),
            timing: earmark_transcript::Timing::Piece,
            speaker: None,
            words: Vec::new(),
        };
        channel_speakers.name(&mut segment);
        segment.speaker
    }

    #[test]
    fn the_second_channel_decides() {
        let names = ["Me".to_owned(), "Others".to_owned()];
        let mut channel_speakers = ChannelSpeakers::new(Some(&names), 2);
        // A second of the others, whom the microphone hears too, and one of whoever sits here.
        let frame = |here: f32, there: f32| [here, there];
        let loud = std::iter::repeat_n(frame(0.5, 0.1), 16_000);
        let mine = std::iter::repeat_n(frame(0.5, 0.0005), 16_000);
        let frames: Vec<f32> = loud.chain(mine).flatten().collect();
        for block in frames.chunks(3_002) {
            channel_speakers.push(block);
        }
        assert_eq!(
            speaker(&channel_speakers, 100, 900).as_deref(),
            Some("Others")
        );
        assert_eq!(
            speaker(&channel_speakers, 1_050, 2_000).as_deref(),
            Some("Me")
        );
        assert_eq!(
            speaker(&channel_speakers, 300, 1_200).as_deref(),
            Some("Others")
        );
        assert_eq!(
            speaker(&channel_speakers, 800, 1_900).as_deref(),
            Some("Me")
        );
        // What lies beyond the end is nobody else's.
        assert_eq!(
            speaker(&channel_speakers, 2_000, 2_100).as_deref(),
            Some("Me")
        );
    }

    #[test]
    fn one_channel_has_no_sides() {
        let names = ["Me".to_owned(), "Others".to_owned()];
        let mut channel_speakers = ChannelSpeakers::new(Some(&names), 1);
        channel_speakers.push(&vec![0.5; 32_000]);
        assert_eq!(speaker(&channel_speakers, 0, 1_000), None);
    }
}
