use std::sync::mpsc::Receiver;

use earmark_audio::record::Recorder;
use earmark_transcript::{Ms, Segment, Timing};

use super::Queue;
use crate::scripted_backend::{Scripted, job};
use crate::{
    AlignerChoice, Code, End, Event, Job, JobId, Retranscription, Settings, Span, SpeakerCount,
    Task,
};

fn start() -> (Queue, Receiver<Event>, Scripted) {
    let scripted = Scripted::default();
    let (queue, events) = Queue::start(&scripted.cache());
    (queue, events, scripted)
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
    let (mut queue, events, scripted) = start();
    let first = queue.submit(job("a.wav", "small", "one"));
    let second = queue.submit(job("b.wav", "small", "two"));
    let third = queue.submit(job("c.wav", "large", "three"));
    for (id, expected) in [(first, "one"), (second, "two"), (third, "three")] {
        let (ended, end) = next_end(&events);
        assert_eq!((ended, text(&end)), (id, expected));
    }
    assert_eq!(scripted.loads(), ["small", "large"]);
}

#[test]
fn a_job_tells_what_happens_to_it() {
    let (mut queue, events, _scripted) = start();
    queue.submit(job("a.wav", "small", "one"));
    queue.submit(job("missing.wav", "small", ""));
    let names: Vec<&str> = std::iter::from_fn(|| events.recv().ok())
        .take(7)
        .map(|event| match event {
            Event::Started(_) => "started",
            Event::Note(..) => "note",
            Event::Loaded(..) => "loaded",
            Event::ChunkStarted { .. } => "piece",
            Event::Voices(..) => "voices",
            Event::Text(..) => "text",
            Event::ChunkFinished { .. } => "finished",
            Event::Progress(..) => "progress",
            Event::Ended { .. } => "ended",
        })
        .collect();
    assert_eq!(
        names,
        [
            "started", "loaded", "piece", "finished", "progress", "ended", "started"
        ]
    );
}

#[test]
fn one_bad_job_does_not_stop_the_others() {
    let (mut queue, events, _scripted) = start();
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
    let (mut queue, events, _scripted) = start();
    let at_work = queue.submit(job("a.wav", "small", "wait"));
    let waiting = queue.submit(job("b.wav", "small", "never"));
    let last = queue.submit(job("c.wav", "small", "last"));
    queue.cancel(waiting);
    while !matches!(events.recv().unwrap(), Event::ChunkStarted { .. }) {}
    queue.cancel(at_work);
    let ends: Vec<_> = (0..3).map(|_| next_end(&events)).collect();
    assert!(matches!(&ends[0], (id, End::Cancelled(_)) if *id == at_work));
    assert!(matches!(&ends[1], (id, End::Cancelled(_)) if *id == waiting));
    assert_eq!((ends[2].0, text(&ends[2].1)), (last, "last"));
}

#[test]
fn dropping_the_queue_ends_its_thread() {
    let (mut queue, events, _scripted) = start();
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
    let (mut queue, events, _scripted) = start();
    let mut rest = job("a.wav", "m", "hello");
    rest.from = Ms(400);
    queue.submit(rest);
    let mut told = Vec::new();
    loop {
        match events.recv().unwrap() {
            Event::ChunkFinished { segments, .. } => told.extend(segments),
            Event::Ended { end, .. } => {
                let End::Done(transcript) = end else {
                    panic!("{end:?}");
                };
                assert_eq!(transcript.duration, Ms(1000));
                assert_eq!(transcript.segments, told);
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

#[test]
fn what_is_left_of_a_session_has_its_speakers() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("both channel_speakers.wav");
    let mut recorder = Recorder::create(&recording, 16_000, 2).unwrap();
    // The others speak.
    recorder.write(&[0.1, 0.5].repeat(16_000)).unwrap();
    recorder.finish().unwrap();
    let (mut queue, events, _scripted) = start();
    let mut rest = job("", "m", "hello");
    rest.recording = recording;
    rest.from = Ms(400);
    rest.speakers = Some(["Me", "Others"].map(str::to_owned));
    queue.submit(rest);
    let mut told = Vec::new();
    let done = loop {
        match events.recv().unwrap() {
            Event::ChunkFinished { segments, .. } => told.extend(segments),
            Event::Ended {
                end: End::Done(transcript),
                ..
            } => break transcript,
            Event::Ended { end, .. } => panic!("{end:?}"),
            _ => {}
        }
    };
    let names: Vec<_> = told.iter().map(|it| it.speaker.as_deref()).collect();
    assert_eq!(names, [Some("Others")]);
    assert_eq!(done.segments, told);
}

#[test]
fn voices_are_told_apart_in_the_whole_recording_before_its_first_chunk() {
    let (mut queue, events, _scripted) = start();
    let mut rest = job("three.wav", "m", "hello");
    rest.from = Ms(1_500);
    rest.voices = Some(SpeakerCount::auto());
    queue.submit(rest);
    let (mut until, mut is_begun) = (Ms(0), false);
    let done = loop {
        match events.recv().unwrap() {
            Event::Voices(_, progress) => {
                assert!(!is_begun && progress.done > until);
                until = progress.done;
            }
            Event::ChunkStarted { .. } => is_begun = true,
            Event::Ended {
                end: End::Done(transcript),
                ..
            } => break transcript,
            Event::Ended { end, .. } => panic!("{end:?}"),
            _ => {}
        }
    };
    assert_eq!(until, Ms(3_000));
    // It is silent.
    assert!(done.segments.iter().all(|it| it.speaker.is_none()));
}

#[test]
fn a_job_is_held_and_cancelled_while_its_voices_are_told_apart() {
    for cancels in [false, true] {
        let (mut queue, events, _scripted) = start();
        let id = queue.submit(Job {
            voices: Some(SpeakerCount::auto()),
            ..job("endless.wav", "m", "hello")
        });
        while !matches!(events.recv().unwrap(), Event::Voices(..)) {}
        if cancels {
            queue.cancel(id);
            assert!(matches!(next_end(&events).1, End::Cancelled(_)));
        } else {
            queue.hold(id);
            assert_eq!(next_end(&events).1, End::Held(Ms(0)));
        }
    }
}

#[test]
fn a_span_comes_before_the_voices_of_a_job() {
    let (mut queue, events, _scripted) = start();
    let id = queue.submit(Job {
        voices: Some(SpeakerCount::auto()),
        ..job("endless.wav", "m", "hello")
    });
    while !matches!(events.recv().unwrap(), Event::Voices(..)) {}
    let again = queue.retranscribe(span("three.wav", "m", "again"));
    assert_eq!(heard(again).len(), 1);
    queue.cancel(id);
    assert!(matches!(next_end(&events).1, End::Cancelled(_)));
}

/// What is to be heard again; the middle one of three seconds.
fn span(recording: &str, model: &str, context: &str) -> Span {
    Span {
        recording: recording.into(),
        model: model.into(),
        aligner: AlignerChoice::Auto,
        settings: Settings::default(),
        range: Ms(1000)..Ms(2000),
        lines: vec![Segment {
            start: Ms(1200),
            end: Ms(1800),
            text: "old text".into(),
            language: "English".into(),
            timing: Timing::Aligned,
            speaker: Some("Ann".into()),
            words: Vec::new(),
        }],
        task: Task::Recognise {
            language: None,
            context: context.into(),
        },
    }
}

fn heard(retranscribe: Retranscription) -> Vec<(u32, u32, String)> {
    let lines = retranscribe
        .wait()
        .unwrap()
        .expect("nobody stopped it")
        .into_iter();
    lines
        .map(|line| {
            assert_eq!(line.speaker.as_deref(), Some("Ann"));
            (line.start.0, line.end.0, line.text)
        })
        .collect()
}

fn wait_for_piece(events: &Receiver<Event>) {
    while !matches!(events.recv().unwrap(), Event::ChunkStarted { .. }) {}
}

#[test]
fn a_span_is_heard_at_once_and_the_job_begins_its_piece_again() {
    let (mut queue, events, scripted) = start();
    let at_work = queue.submit(job("a.wav", "small", "wait"));
    wait_for_piece(&events);
    let expected = [(1000, 2000, "again".to_owned())];
    assert_eq!(
        heard(queue.retranscribe(span("three.wav", "small", "again"))),
        expected
    );
    wait_for_piece(&events);
    // Another model takes the place of the job's, which comes back for it.
    assert_eq!(
        heard(queue.retranscribe(span("three.wav", "large", "again"))),
        expected
    );
    wait_for_piece(&events);
    queue.cancel(at_work);
    assert!(matches!(next_end(&events), (id, End::Cancelled(_)) if id == at_work));
    assert_eq!(scripted.loads(), ["small", "large", "small"]);
}

#[test]
fn a_span_needs_no_job() {
    let (queue, _events, _scripted) = start();
    let lines = heard(queue.retranscribe(span("three.wav", "small", "again")));
    assert_eq!(lines, [(1000, 2000, "again".to_owned())]);
    let silence = queue.retranscribe(span("three.wav", "small", ""));
    assert_eq!(silence.wait(), Ok(Some(Vec::new())));
}

#[test]
fn an_aligned_span_keeps_its_text_and_is_estimated_without_an_aligner() {
    let (queue, _events, _scripted) = start();
    let align = Span {
        task: Task::Align,
        ..span("three.wav", "small", "")
    };
    let lines = queue.retranscribe(align).wait().unwrap().unwrap();
    let [line] = lines.as_slice() else {
        panic!("one line, not {lines:?}")
    };
    assert_eq!(
        (line.text.as_str(), line.timing),
        ("old text", Timing::Estimated)
    );
    assert_eq!((line.start, line.end), (Ms(1000), Ms(2000)));
    assert_eq!(line.words.len(), 2);
}

#[test]
fn a_stopped_span_answers_with_nothing() {
    let (mut queue, events, _scripted) = start();
    let at_work = queue.retranscribe(span("three.wav", "small", "wait"));
    let waiting = queue.retranscribe(span("three.wav", "small", "never"));
    waiting.cancel_token().stop();
    at_work.cancel_token().stop();
    assert_eq!(at_work.wait(), Ok(None));
    assert_eq!(waiting.wait(), Ok(None));
    let job = queue.submit(job("a.wav", "small", "fine"));
    let (ended, end) = next_end(&events);
    assert_eq!((ended, text(&end)), (job, "fine"));
    let last = queue.retranscribe(span("three.wav", "small", "wait"));
    drop(queue);
    assert_eq!(last.wait(), Ok(None));
}

#[test]
fn a_span_that_fails_says_why_and_the_job_goes_on() {
    let (mut queue, events, _scripted) = start();
    let at_work = queue.submit(job("a.wav", "small", "wait"));
    wait_for_piece(&events);
    let code = |span| queue.retranscribe(span).wait().unwrap_err().code;
    assert_eq!(
        code(span("missing.wav", "small", "")),
        Code::RecordingUnreadable
    );
    assert_eq!(code(span("three.wav", "broken", "")), Code::ModelInvalid);
    assert_eq!(code(span("three.wav", "small", "panic")), Code::Internal);
    let behind_the_end = Span {
        range: Ms(5000)..Ms(6000),
        ..span("three.wav", "small", "again")
    };
    assert_eq!(code(behind_the_end.clone()), Code::RecordingInvalid);
    let align = Span {
        task: Task::Align,
        ..behind_the_end
    };
    assert_eq!(code(align), Code::RecordingInvalid);
    queue.cancel(at_work);
    assert!(matches!(next_end(&events), (id, End::Cancelled(_)) if id == at_work));
}

#[test]
fn a_held_job_ends_with_its_piece_and_goes_on_behind_it() {
    let (mut queue, events, scripted) = start();
    let three = || Job {
        longest_chunk_s: Some(1),
        speakers: None,
        voices: None,
        ..job("three.wav", "small", "gate")
    };
    let follow = || {
        let mut told = Vec::new();
        loop {
            match events.recv().unwrap() {
                Event::ChunkFinished { segments, .. } => {
                    told.extend(segments.iter().map(|it| (it.start, it.end)));
                }
                Event::Ended { end, .. } => return (told, end),
                _ => {}
            }
        }
    };
    let id = queue.submit(three());
    wait_for_piece(&events);
    queue.hold(id);
    scripted.open_gate();
    let (mut told, end) = follow();
    let End::Held(until) = end else {
        panic!("it was to be held")
    };
    assert_eq!(told, [(Ms(0), until)]);
    assert!(!queue.go_on(id), "it is over");
    queue.submit(Job {
        from: until,
        ..three()
    });
    let (rest, end) = follow();
    assert!(matches!(end, End::Done(_)));
    told.extend(rest);
    queue.submit(three());
    assert_eq!(told, follow().0);
}

#[test]
fn a_hold_that_is_taken_back_changes_nothing() {
    let (mut queue, events, scripted) = start();
    let id = queue.submit(job("three.wav", "small", "gate"));
    wait_for_piece(&events);
    queue.hold(id);
    assert!(queue.go_on(id));
    scripted.open_gate();
    assert_eq!(text(&next_end(&events).1), "gate");
}
