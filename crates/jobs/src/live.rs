//! The listener's thread: from the recording on disk to words and segments.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};

use earmark_audio::record::Tail;
use earmark_audio::{SAMPLE_RATE, mix};
use earmark_pipeline::Align;
use earmark_pipeline::live::{Ears, Event, Live, Settings, Watch};
use earmark_transcript::{Ms, Transcript};

use crate::sides::Sides;
use crate::work::{Pair, Wanted};
use crate::{End, Failure, Heard, Job};

/// Most that is read at once. Units: frames.
const N_MOST: usize = SAMPLE_RATE as usize * 60;

/// A session to be heard.
pub(crate) struct Task {
    pub(crate) job: Job,
    /// A signal whenever there is more in the recording; closed when it is complete.
    pub(crate) more: Receiver<()>,
    pub(crate) cancel: Arc<AtomicBool>,
    pub(crate) outbox: Sender<Heard>,
}

/// Hears sessions until nobody can begin another.
pub(crate) fn run(inbox: &Receiver<Task>) {
    let mut pair: Option<(Wanted, Pair)> = None;
    for task in inbox {
        let work = AssertUnwindSafe(|| task.hear(&mut pair));
        let end = catch_unwind(work).unwrap_or_else(|panic| {
            pair = None; // nobody knows what state it is in
            Err(Failure::from_panic(panic.as_ref()))
        });
        if let Err(failure) = &end {
            task.tell(Heard::Deaf(failure.clone()));
        }
        // The microphone goes on until it is stopped, whatever became of the text.
        task.more.iter().for_each(drop);
        task.tell(Heard::Ended(end.unwrap_or_else(End::Failed)));
    }
}

impl Task {
    fn tell(&self, event: Heard) {
        // Nobody listening is no reason to stop.
        let _ = self.outbox.send(event);
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Hears a recording while it is made.
    fn hear(&self, kept: &mut Option<(Wanted, Pair)>) -> Result<End, Failure> {
        let wanted = Wanted::by(&self.job);
        if kept.as_ref().is_none_or(|(has, _)| *has != wanted) {
            *kept = None; // the old one's memory goes before the new one's comes
            let pair = Pair::load(&wanted)?;
            self.tell(Heard::Loaded(pair.loaded.clone()));
            *kept = Some((wanted, pair));
        }
        let pair = &mut kept.as_mut().expect("it was just put there").1;
        let longest_s = pair.aligner.as_ref().map_or(u32::MAX, Align::longest_s);
        let longest_s = longest_s.min(self.job.longest_piece_s.unwrap_or(u32::MAX));
        let mut live = Live::new(Settings {
            context: self.job.context.clone(),
            language: self.job.language,
            longest_clip_s: longest_s.min(pair.longest_clip_s),
            ..Settings::default()
        });
        let aligner = pair.aligner.as_mut().map(|it| it as &mut dyn Align);
        let mut ears = Ears {
            recognizer: &mut pair.recognizer,
            aligner,
        };
        let mut tail = Tail::open(&self.job.recording)?;
        let mut herald = Herald {
            cancel: &self.cancel,
            outbox: &self.outbox,
            sides: Sides::new(self.job.speakers.as_ref(), tail.n_channels()),
            late: Ms(0),
        };
        loop {
            let is_complete = self.more.recv().is_err();
            loop {
                let frames = tail.read(N_MOST)?;
                if frames.is_empty() || self.is_cancelled() {
                    break;
                }
                herald.sides.push(&frames);
                let mut samples = Vec::new();
                mix(&frames, tail.n_channels(), &mut samples);
                let late = Ms::from_samples(samples.len() as u64, SAMPLE_RATE);
                herald.late = late;
                live.push(&samples, &mut ears, &mut herald)?;
            }
            if is_complete || self.is_cancelled() {
                break;
            }
        }
        let mut transcript: Transcript = live.finish(&mut ears, &mut herald)?;
        herald.sides.name_all(&mut transcript);
        Ok(if self.is_cancelled() {
            End::Cancelled(transcript)
        } else {
            End::Done(transcript)
        })
    }
}

/// Carries what live transcription tells to the session's listeners.
struct Herald<'a> {
    cancel: &'a AtomicBool,
    outbox: &'a Sender<Heard>,
    sides: Sides<'a>,
    late: Ms,
}

impl Watch for Herald<'_> {
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
            } => Heard::Words {
                start,
                committed: committed.to_owned(),
                tentative: tentative.to_owned(),
                late: self.late,
            },
            Event::Segment(segment) => {
                let mut segment = segment.clone();
                self.sides.name(&mut segment);
                Heard::Segment(segment)
            }
        });
    }
}
