use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use earmark_audio::{Error as AudioError, Source};
use earmark_engine::{Error as EngineError, Observer, Outcome, Recognition, Request, Settings};
use earmark_pipeline::Recognize;
use earmark_transcript::Ms;

use super::Queue;
use crate::idle::Habits;
use crate::work::{Model, Tools};
use crate::{AlignerChoice, Code, End, Event, Failure, Job, JobId, Loaded, Unloading};

/// One second of silence.
struct Second(bool);

impl Source for Second {
    fn next_block(&mut self) -> Result<Option<Vec<f32>>, AudioError> {
        Ok(std::mem::take(&mut self.0).then(|| vec![0.0; 16_000]))
    }
    fn n_total(&self) -> Option<u64> {
        Some(16_000)
    }
    fn warnings(&self) -> &[String] {
        &[]
    }
}

/// Says what the context tells it to.
struct Parrot;

impl Recognize for Parrot {
    fn recognize(
        &mut self,
        _samples: &[f32],
        request: &Request<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Outcome, EngineError> {
        assert_ne!(request.context, "panic", "told to");
        if request.context == "wait" {
            while !observer.cancelled() {
                std::thread::yield_now();
            }
            return Ok(Outcome::Cancelled);
        }
        let (language, text) = ("English".into(), request.context.into());
        Ok(Outcome::Done(Recognition {
            language,
            text,
            ..Recognition::default()
        }))
    }
}

/// Opens every recording but the missing one, counts what it loads, and is short of memory or not.
struct Scripted(Sender<String>, bool);

impl Tools for Scripted {
    fn open(&mut self, job: &Job) -> Result<Box<dyn Source>, Failure> {
        if job.recording == Path::new("missing.wav") {
            return Err(Failure::new(
                Code::RecordingUnreadable,
                "there is no such file",
            ));
        }
        Ok(Box::new(Second(true)))
    }
    fn load(&mut self, job: &Job) -> Result<Model, Failure> {
        self.0.send(job.model.clone()).unwrap();
        if job.model == "broken" {
            return Err(Failure::new(Code::ModelInvalid, "a tensor is missing"));
        }
        let loaded = Loaded {
            title: job.model.clone(),
            aligner: None,
            is_demo: false,
            device: "nowhere".into(),
            device_note: None,
            memory_note: None,
            spent: Duration::ZERO,
        };
        Ok(Model {
            recognizer: Box::new(Parrot),
            aligner: None,
            loaded,
            longest_clip_s: 15,
        })
    }
    fn is_short_of_memory(&mut self) -> bool {
        self.1
    }
}

fn start() -> (Queue, Receiver<Event>, Receiver<String>) {
    start_with(Habits::default(), false)
}

fn start_with(habits: Habits, is_short: bool) -> (Queue, Receiver<Event>, Receiver<String>) {
    let (loads, loaded) = channel();
    let (queue, events) = Queue::start_with(Box::new(Scripted(loads, is_short)), habits);
    (queue, events, loaded)
}

fn job(recording: &str, model: &str, context: &str) -> Job {
    Job {
        recording: recording.into(),
        model: model.into(),
        aligner: AlignerChoice::Auto,
        settings: Settings::default(),
        language: None,
        context: context.into(),
        from: Ms(0),
        longest_piece_s: None,
    }
}

fn next_end(events: &Receiver<Event>) -> (JobId, End) {
    loop {
        if let Event::Ended { job, end, .. } = events.recv().unwrap() {
            return (job, end);
        }
    }
}

fn text(end: &End) -> &str {
    match end {
        End::Done(transcript) => &transcript.text,
        other => panic!("not done: {other:?}"),
    }
}

fn code(end: &End) -> Code {
    match end {
        End::Failed(failure) => failure.code,
        other => panic!("not failed: {other:?}"),
    }
}

#[test]
fn jobs_are_done_in_order_with_one_loaded_model() {
    let (mut queue, events, loaded) = start();
    let first = queue.submit(job("a.wav", "small", "one"));
    let second = queue.submit(job("b.wav", "small", "two"));
    let third = queue.submit(job("c.wav", "large", "three"));
    for (id, expected) in [(first, "one"), (second, "two"), (third, "three")] {
        let (ended, end) = next_end(&events);
        assert_eq!((ended, text(&end)), (id, expected));
    }
    drop(queue);
    assert_eq!(loaded.iter().collect::<Vec<_>>(), ["small", "large"]);
}

#[test]
fn a_job_tells_what_happens_to_it() {
    let (mut queue, events, _loaded) = start();
    queue.submit(job("a.wav", "small", "one"));
    queue.submit(job("missing.wav", "small", ""));
    let names: Vec<&str> = std::iter::from_fn(|| events.recv().ok())
        .take(7)
        .map(|event| match event {
            Event::Started(_) => "started",
            Event::Loaded(..) => "loaded",
            Event::PieceStarted { .. } => "piece",
            Event::Text(..) => "text",
            Event::Segment(..) => "segment",
            Event::Progress(..) => "progress",
            Event::Ended { .. } => "ended",
            Event::Unloaded(_) => "unloaded",
        })
        .collect();
    assert_eq!(
        names,
        [
            "started", "loaded", "piece", "segment", "progress", "ended", "started"
        ]
    );
}

#[test]
fn one_bad_job_does_not_stop_the_others() {
    let (mut queue, events, _loaded) = start();
    queue.submit(job("missing.wav", "small", ""));
    queue.submit(job("a.wav", "broken", ""));
    queue.submit(job("a.wav", "small", "panic"));
    queue.submit(job("a.wav", "small", "fine"));
    assert_eq!(code(&next_end(&events).1), Code::RecordingUnreadable);
    assert_eq!(code(&next_end(&events).1), Code::ModelInvalid);
    assert_eq!(code(&next_end(&events).1), Code::Internal);
    assert_eq!(text(&next_end(&events).1), "fine");
}

#[test]
fn cancel_stops_the_job_at_work_and_those_that_wait() {
    let (mut queue, events, _loaded) = start();
    let at_work = queue.submit(job("a.wav", "small", "wait"));
    let waiting = queue.submit(job("b.wav", "small", "never"));
    let last = queue.submit(job("c.wav", "small", "last"));
    queue.cancel(waiting);
    while !matches!(events.recv().unwrap(), Event::PieceStarted { .. }) {}
    queue.cancel(at_work);
    let ends: Vec<_> = (0..3).map(|_| next_end(&events)).collect();
    assert!(matches!(&ends[0], (id, End::Cancelled(_)) if *id == at_work));
    assert!(matches!(&ends[1], (id, End::Cancelled(_)) if *id == waiting));
    assert_eq!((ends[2].0, text(&ends[2].1)), (last, "last"));
}

#[test]
fn a_model_that_nobody_uses_is_unloaded_and_loaded_again() {
    let kept = Habits {
        unload_after: None,
        look_every: Duration::from_millis(1),
    };
    let at_once = Habits {
        unload_after: Some(Duration::ZERO),
        ..kept
    };
    let next_unloading = |events: &Receiver<Event>| loop {
        if let Event::Unloaded(why) = events.recv_timeout(Duration::from_mins(1)).unwrap() {
            return why;
        }
    };
    for (habits, is_short, expected) in [
        (at_once, false, Unloading::Idle),
        (kept, true, Unloading::MemoryPressure),
    ] {
        let (mut queue, events, loaded) = start_with(habits, is_short);
        queue.submit(job("a.wav", "small", "one"));
        assert_eq!(next_unloading(&events), expected);
        queue.submit(job("a.wav", "small", "two"));
        assert_eq!(text(&next_end(&events).1), "two");
        drop(queue);
        assert_eq!(loaded.iter().count(), 2);
    }
    // What is set later counts, too.
    let (mut queue, events, _loaded) = start_with(kept, false);
    queue.submit(job("a.wav", "small", "one"));
    next_end(&events);
    queue.unload_after(Some(Duration::ZERO));
    assert_eq!(next_unloading(&events), Unloading::Idle);
}

#[test]
fn dropping_the_queue_ends_its_thread() {
    let (mut queue, events, _loaded) = start();
    queue.submit(job("a.wav", "small", "wait"));
    queue.submit(job("b.wav", "small", "wait"));
    drop(queue);
    let ends = events
        .iter()
        .filter(|event| matches!(event, Event::Ended { .. }))
        .count();
    assert_eq!(ends, 2, "every job ends, and then the channel closes");
}

#[test]
fn a_job_goes_on_where_it_is_told_with_times_of_the_whole() {
    let (mut queue, events, _loaded) = start();
    let mut rest = job("a.wav", "m", "hello");
    rest.from = Ms(400);
    queue.submit(rest);
    let mut told = None;
    loop {
        match events.recv().unwrap() {
            Event::Segment(_, segment) => told = Some(segment),
            Event::Ended { end, .. } => {
                let End::Done(transcript) = end else {
                    panic!("{end:?}");
                };
                assert_eq!(transcript.duration, Ms(1000));
                assert_eq!(transcript.segments, Vec::from_iter(told));
                assert!(
                    transcript
                        .segments
                        .iter()
                        .all(|segment| segment.start >= Ms(400))
                );
                assert!(!transcript.segments.is_empty());
                return;
            }
            _ => {}
        }
    }
}
