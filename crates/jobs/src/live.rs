//! The listener's thread: from the recording on disk to words and segments.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};

use earmark_audio::record::Tail;
use earmark_audio::{Mixer, SAMPLE_RATE};
use earmark_pipeline::live::{Event, Live, Settings, Watch};
use earmark_transcript::{Ms, Transcript};

use crate::channel_speakers::ChannelSpeakers;
use crate::model_cache::{LeaseRequest, ModelCache, Priority};
use crate::{End, Failure, Job, LiveEvent};

/// Most that is read at once. Units: frames.
const N_MOST: usize = SAMPLE_RATE as usize * 60;

/// A session to be heard.
pub(crate) struct Task {
    pub(crate) job: Job,
    /// A signal whenever there is more in the recording; closed when it is complete.
    pub(crate) more: Receiver<()>,
    pub(crate) cancel: Arc<AtomicBool>,
    pub(crate) outbox: Sender<LiveEvent>,
}

/// Transcribes sessions until nobody can begin another.
pub(crate) fn run(inbox: &Receiver<Task>, cache: &ModelCache) {
    for task in inbox {
        let work = AssertUnwindSafe(|| task.transcribe(cache));
        let end =
            catch_unwind(work).unwrap_or_else(|panic| Err(Failure::from_panic(panic.as_ref())));
        if let Err(failure) = &end {
            task.tell(LiveEvent::RecognitionFailed(failure.clone()));
        }
        // The microphone goes on until it is stopped, whatever became of the text.
        task.more.iter().for_each(drop);
        task.tell(LiveEvent::Ended(end.unwrap_or_else(End::Failed)));
    }
}

impl Task {
    fn tell(&self, event: LiveEvent) {
        // Nobody listening is no reason to stop.
        let _ = self.outbox.send(event);
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Transcribes a recording while it is made.
    fn transcribe(&self, cache: &ModelCache) -> Result<End, Failure> {
        let request = LeaseRequest::of_job(&self.job, Priority::Live);
        let Some(mut lease) = cache.lease(&request, &mut || self.is_cancelled())? else {
            return Ok(End::Cancelled(Transcript::default()));
        };
        if let Some(loaded) = lease.newly_loaded() {
            self.tell(LiveEvent::Loaded(loaded.clone()));
        }
        let mut live = Live::new(Settings {
            context: self.job.context.clone(),
            language: self.job.language,
            longest_clip_s: lease.longest_clip_s(self.job.longest_chunk_s),
            ..Settings::default()
        });
        let mut tail = Tail::open(&self.job.recording)?;
        let mut mixer = Mixer::default();
        let mut forwarder = EventForwarder {
            cancel: &self.cancel,
            outbox: &self.outbox,
            channel_speakers: ChannelSpeakers::new(self.job.speakers.as_ref(), tail.n_channels()),
            late: Ms(0),
        };
        loop {
            let is_complete = self.more.recv().is_err();
            // Files wait until it has caught up with the recording.
            let mut models = lease.live_models();
            loop {
                let frames = tail.read(N_MOST)?;
                if frames.is_empty() || self.is_cancelled() {
                    break;
                }
                forwarder.channel_speakers.push(&frames);
                let mut samples = Vec::new();
                mixer.mix(&frames, tail.n_channels(), &mut samples);
                let late = Ms::from_samples(samples.len() as u64, SAMPLE_RATE);
                forwarder.late = late;
                live.push(&samples, &mut models.get(), &mut forwarder)?;
            }
            if is_complete || self.is_cancelled() {
                break;
            }
        }
        let mut transcript: Transcript =
            live.finish(&mut lease.live_models().get(), &mut forwarder)?;
        forwarder.channel_speakers.name_all(&mut transcript);
        Ok(if self.is_cancelled() {
            End::Cancelled(transcript)
        } else {
            End::Done(transcript)
        })
    }
}

/// Carries what live transcription tells to the session's listeners.
struct EventForwarder<'a> {
    cancel: &'a AtomicBool,
    outbox: &'a Sender<LiveEvent>,
    channel_speakers: ChannelSpeakers<'a>,
    late: Ms,
}

impl Watch for EventForwarder<'_> {
    fn cancelled(&mut self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    fn event(&mut self, event: Event<'_>) {
        // Nobody listening is no reason to stop.
        let _ = self.outbox.send(match event {
            Event::Words {
                start,
                committed,
                tentative,
            } => LiveEvent::Words {
                start,
                committed: committed.to_owned(),
                tentative: tentative.to_owned(),
                late: self.late,
            },
            Event::Segment(segment) => {
                let mut segment = segment.clone();
                self.channel_speakers.name(&mut segment);
                LiveEvent::Segment(segment)
            }
        });
    }
}
