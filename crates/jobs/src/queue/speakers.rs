//! Who speaks in the recording of a job: found by voice in a pass of its own before the first word, or
//! told by the channels of a session.

use std::time::Instant;

use earmark_audio::SAMPLE_RATE;
use earmark_speakers::{Diarizer, Models};
use earmark_transcript::speakers::{Turn as SpeakerTurn, Turns};
use earmark_transcript::{Ms, Segment, Transcript};

use super::state::Turn;
use crate::channel_speakers::ChannelSpeakers;
use crate::model_cache::{Backend, Lease};
use crate::{Code, Event, Failure, Job, Progress};

/// The speakers of a recording.
pub(super) struct Speakers<'a> {
    channels: ChannelSpeakers<'a>,
    /// `None` if nobody is to be told apart by voice.
    voices: Option<Turns>,
}

impl<'a> Speakers<'a> {
    pub(super) fn new(job: &'a Job, voices: Option<Turns>) -> Self {
        let channels = ChannelSpeakers::of_recording(job.speakers.as_ref(), &job.recording);
        Self { channels, voices }
    }

    /// Segments with their speakers, which may be more: see [`Turns::name`].
    pub(super) fn name(&self, segments: Vec<Segment>) -> Vec<Segment> {
        let mut segments = match &self.voices {
            Some(turns) => segments.iter().flat_map(|it| turns.name(it)).collect(),
            None => segments,
        };
        for segment in &mut segments {
            self.channels.name(segment);
        }
        segments
    }

    /// A transcript with its speakers.
    pub(super) fn name_all(&self, transcript: Transcript) -> Transcript {
        Transcript {
            segments: self.name(transcript.segments),
            ..transcript
        }
    }
}

/// The speakers in the recording of a job, by voice if that is asked for; `None` when the job was
/// cancelled or held before they were known.
///
/// The lease is given back and taken again like that of recognition, so that nothing else computes
/// meanwhile.
pub(super) fn speakers<'a>(
    backend: &dyn Backend,
    turn: &Turn<'_>,
    job: &'a Job,
    lease: &mut Option<Lease>,
    mut lease_again: impl FnMut() -> Result<Option<Lease>, Failure>,
) -> Result<Option<Speakers<'a>>, Failure> {
    let Some(count) = &job.voices else {
        return Ok(Some(Speakers::new(job, None)));
    };
    let models = Models::load().map_err(|e| Failure::new(Code::Internal, e.to_string()))?;
    let mut source = backend.open(&job.recording, job.track, 0, &turn.cancel_check())?;
    let mut diarizer = Diarizer::new(&models);
    let (begun, mut n_samples) = (Instant::now(), 0);
    while let Some(block) = source.next_block()? {
        if turn.is_interrupted() || lease.as_ref().is_none_or(Lease::is_recalled) {
            drop(lease.take());
            *lease = lease_again()?;
        }
        if lease.is_none() || turn.is_cancelled() || turn.is_held() {
            return Ok(None);
        }
        n_samples += block.len() as u64;
        diarizer.push(&block);
        let done = Ms::from_samples(n_samples, SAMPLE_RATE);
        let total = source.n_total();
        let total = total.map(|total| Ms::from_samples(total, SAMPLE_RATE));
        let progress = Progress::new(done, total, begun.elapsed());
        turn.tell(Event::Voices(turn.id, progress));
    }
    if turn.is_cancelled() {
        return Ok(None);
    }
    let turns = diarizer.finish(count).into_iter().map(|it| SpeakerTurn {
        speaker: speaker_name(it.speaker),
        start: it.start,
        end: it.end,
    });
    let turns = turns.collect::<Vec<_>>().into();
    Ok(Some(Speakers::new(job, Some(turns))))
}

/// What a speaker is called who has no name yet; they are counted from 0.
pub fn speaker_name(speaker: usize) -> String {
    format!("Speaker {}", speaker + 1)
}

#[cfg(test)]
mod tests {
    use earmark_transcript::{Timing, Word};

    use super::*;
    use crate::scripted_backend::job;

    #[test]
    fn segments_are_named_and_cut_by_the_turns_of_voices() {
        let turn = |speaker, start, end| SpeakerTurn {
            speaker: speaker_name(speaker),
            start: Ms(start),
            end: Ms(end),
        };
        let word = |text: &str, start| Word {
            text: text.into(),
            start: Ms(start),
            end: Ms(start + 400),
            probability: 1.0,
            quality: None,
        };
        let segment = Segment {
            start: Ms(0),
            end: Ms(1_900),
            text: "Is it? Yes".into(),
            language: "English".into(),
            timing: Timing::Estimated,
            speaker: None,
            words: vec![word("Is", 0), word("it?", 500), word("Yes", 1_500)],
        };
        let job = job("a.wav", "m", "");
        let turns = vec![turn(0, 0, 1_000), turn(1, 1_400, 2_000)];
        let speakers = Speakers::new(&job, Some(turns.into()));
        let whole = Transcript::assemble(Ms(2_000), vec![segment], Vec::new());
        let named = speakers.name_all(whole.clone());
        let found: Vec<(Option<&str>, &str)> = named
            .segments
            .iter()
            .map(|it| (it.speaker.as_deref(), it.text.as_str()))
            .collect();
        let expected = [(Some("Speaker 1"), "Is it?"), (Some("Speaker 2"), "Yes")];
        assert_eq!(found, expected);
        assert_eq!(Speakers::new(&job, None).name_all(whole.clone()), whole);
    }
}
