//! Lines of a recording are recognised or aligned again by the demo pair, as by the window: through
//! the queue and into the history.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use earmark_jobs::{
    AlignerChoice, Code, DEMO, End, Event, Job, ModelCache, Queue, Settings, Span, Task,
};
use earmark_store::{EntryId, NewEntry, Origin, Store};
use earmark_tests::root;
use earmark_tests::samples::Spoken;
use earmark_transcript::{Language, Ms, Segment, Timing, Transcript, Word, score, words};
use jiff::Timestamp;

/// Samples joined in one file, with their texts as the lines of a transcript whose words have their
/// true times, as far as known.
struct Reading {
    recording: PathBuf,
    lines: Vec<Segment>,
    _folder: tempfile::TempDir,
}

impl Reading {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("reading.wav");
        let (mut samples, mut lines) = (Vec::new(), Vec::new());
        for (prefix, language) in [("en-0", "English"), ("zh-0", "Chinese")] {
            for spoken in Spoken::all(prefix) {
                let start = samples.len() as u32 / 16;
                samples.extend(&spoken.samples);
                lines.push(line(&spoken, language, start));
            }
        }
        assert!(lines.len() > 8, "{} samples", lines.len());
        std::fs::write(&recording, wav(&samples)).unwrap();
        Self {
            recording,
            lines,
            _folder: folder,
        }
    }

    /// The time range of a line between its neighbours, as the window requests it.
    fn span(&self, lines: &[Segment], at: usize, task: Task) -> Span {
        Span {
            recording: self.recording.clone(),
            model: DEMO.into(),
            aligner: AlignerChoice::Auto,
            settings: Settings::default(),
            range: Span::room(lines, at, 1).unwrap(),
            lines: vec![lines[at].clone()],
            task,
        }
    }
}

/// The text of a sample as a line from `start` on, every word at its true time.
fn line(spoken: &Spoken, language: &str, start: u32) -> Segment {
    let path = root().join("samples").join(&spoken.name);
    let text = std::fs::read_to_string(path.with_extension("txt")).unwrap();
    let text = text.trim();
    let ranges = words::split(text);
    assert_eq!(ranges.len(), spoken.words.len(), "{}", spoken.name);
    let letters = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let mut clock = start;
    let word = |(range, (bare, times)): (Range<usize>, &(String, [Option<u32>; 2]))| {
        assert_eq!(letters(&text[range.clone()]), letters(bare));
        let at = |time: Option<u32>, clock| Ms(time.map_or(clock, |time| start + time));
        let begin = at(times[0], clock);
        let end = at(times[1], begin.0);
        clock = end.0;
        Word {
            text: text[range].to_owned(),
            start: begin,
            end,
            probability: 1.0,
            quality: times[0].and(times[1]).map(|_| 1.0),
        }
    };
    let words: Vec<Word> = ranges.into_iter().zip(&spoken.words).map(word).collect();
    Segment {
        start: words[0].start,
        end: words.last().unwrap().end,
        text: text.to_owned(),
        language: language.into(),
        timing: Timing::Aligned,
        speaker: Some("Reader".into()),
        words,
    }
}

/// Mono samples at 16 kHz as a file.
fn wav(samples: &[f32]) -> Vec<u8> {
    let n_bytes = samples.len() as u32 * 2;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + n_bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(16_000_u32.to_le_bytes());
    file.extend(32_000_u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(n_bytes.to_le_bytes());
    let whole = |sample: &f32| (sample * 32_767.0).round() as i16;
    file.extend(samples.iter().map(whole).flat_map(i16::to_le_bytes));
    file
}

/// Saves a transcript in a new history.
fn kept(folder: &Path, lines: &[Segment]) -> (Store, EntryId) {
    let mut store = Store::open(&folder.join("history.db")).unwrap();
    let entry = NewEntry {
        source: "/reading.wav".into(),
        name: "reading".into(),
        origin: Origin::File,
        created: Timestamp::UNIX_EPOCH,
        model: DEMO.into(),
        language: None,
        context: String::new(),
    };
    let id = store.add(&entry).unwrap();
    let transcript = Transcript::assemble(Ms(60_000), lines.to_vec(), Vec::new());
    store.finish(id, &transcript).unwrap();
    (store, id)
}

/// Errors of the word borders with known true times, smallest first. Units: ms.
fn errors(truth: &[Word], found: &[Word]) -> Vec<u32> {
    let mut errors: Vec<u32> = truth
        .iter()
        .zip(found)
        .filter(|(truth, _)| truth.quality.is_some())
        .flat_map(|(a, b)| [a.start.0.abs_diff(b.start.0), a.end.0.abs_diff(b.end.0)])
        .collect();
    errors.sort_unstable();
    errors
}

/// Checks that errors are at most about twice those in the demo's model card for clean samples.
#[track_caller]
fn check_times(mut errors: Vec<u32>) {
    errors.sort_unstable();
    let mean = errors.iter().sum::<u32>() / errors.len() as u32;
    let (median, most) = (errors[errors.len() / 2], errors[errors.len() * 19 / 20]);
    assert!(
        median <= 15 && mean <= 30 && most <= 50,
        "median {median}, mean {mean}, 95 % {most}"
    );
}

#[test]
fn a_corrected_line_gets_the_times_of_its_words_and_nothing_else_changes() {
    let reading = Reading::new();
    let folder = tempfile::tempdir().unwrap();
    let (mut store, id) = kept(folder.path(), &reading.lines);
    let (queue, _events) = Queue::start(&ModelCache::start());
    let mut all = Vec::new();
    for at in 0..reading.lines.len() {
        // A line whose words were all typed has no word times.
        let mut spoilt = reading.lines.clone();
        for word in &mut spoilt[at].words {
            (word.start, word.end) = (reading.lines[at].start, reading.lines[at].end);
            word.quality = None;
        }
        let redo = queue.retranscribe(reading.span(&spoilt, at, Task::Align));
        let again = redo.wait().unwrap().unwrap();
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].text, reading.lines[at].text);
        assert_eq!(again[0].timing, Timing::Aligned);
        assert_eq!(again[0].speaker, reading.lines[at].speaker);
        all.extend(errors(&reading.lines[at].words, &again[0].words));

        let before = store.transcript(id).unwrap().segments;
        store.replace_segments(id, at..at + 1, &again).unwrap();
        let after = store.transcript(id).unwrap().segments;
        assert_eq!(after[..at], before[..at]);
        assert_eq!(after[at + 1..], before[at + 1..]);
    }
    check_times(all);
    let lines = store.transcript(id).unwrap().segments;
    assert!(
        lines.is_sorted_by(|a, b| a.end <= b.start),
        "no line runs into the next"
    );
}

#[test]
fn a_line_is_recognised_again_with_its_times() {
    let reading = Reading::new();
    let (queue, _events) = Queue::start(&ModelCache::start());
    let (mut total, mut all) = ((0, 0), Vec::new());
    for (at, truth) in reading.lines.iter().enumerate() {
        let mut wrong = reading.lines.clone();
        wrong[at].text = "Nonsense.".into();
        let task = Task::Recognise {
            language: Language::find(&truth.language),
            context: String::new(),
        };
        let again = queue
            .retranscribe(reading.span(&wrong, at, task))
            .wait()
            .unwrap();
        let again = again.unwrap();
        let text: Vec<&str> = again.iter().map(|line| line.text.as_str()).collect();
        let text = text.join(" ");
        let rate = match truth.language.as_str() {
            "Chinese" => score::characters(&truth.text, &text),
            _ => score::words(&truth.text, &text),
        };
        total = (total.0 + rate.n_errors, total.1 + rate.n_total);
        let words: Vec<Word> = again.iter().flat_map(|line| line.words.clone()).collect();
        if words.len() == truth.words.len() && rate.n_errors == 0 {
            all.extend(errors(&truth.words, &words));
        }
        let room = Span::room(&wrong, at, 1).unwrap();
        for line in &again {
            assert!(
                room.start <= line.start && line.end <= room.end,
                "{line:?} in {room:?}"
            );
            assert_eq!(line.speaker.as_deref(), Some("Reader"));
            assert_eq!(line.timing, Timing::Aligned);
        }
    }
    assert!(total.0 * 20 <= total.1, "{} errors of {}", total.0, total.1);
    check_times(all);
}

fn job(recording: &Path) -> Job {
    Job {
        recording: recording.to_owned(),
        track: None,
        model: DEMO.into(),
        aligner: AlignerChoice::Auto,
        settings: Settings::default(),
        language: None,
        context: String::new(),
        from: Ms(0),
        longest_chunk_s: None,
        speakers: None,
        voices: None,
    }
}

/// The segments of a job, and how it ended.
fn follow(events: &Receiver<Event>, mut each: impl FnMut(&Event)) -> (Vec<Segment>, End) {
    let mut told = Vec::new();
    loop {
        let event = events.recv().unwrap();
        each(&event);
        match event {
            Event::ChunkFinished { segments, .. } => told.extend(segments),
            Event::Ended { end, .. } => return (told, end),
            _ => {}
        }
    }
}

#[test]
fn a_line_is_recognised_before_the_running_job_whose_result_is_unchanged() {
    let reading = Reading::new();
    let (mut queue, events) = Queue::start(&ModelCache::start());
    queue.submit(job(&reading.recording));
    let (alone, end) = follow(&events, |_| {});
    let End::Done(alone_whole) = end else {
        panic!("{end:?}")
    };
    assert!(alone.len() > 8, "{} lines", alone.len());

    queue.submit(job(&reading.recording));
    let mut n_pieces = 0;
    let (told, end) = follow(&events, |event| {
        if let Event::ChunkStarted { .. } = event {
            n_pieces += 1;
            if n_pieces == 2 {
                // The line's result arrives while the job is running.
                let redo = queue.retranscribe(reading.span(&reading.lines, 1, Task::Align));
                assert_eq!(redo.wait().unwrap().unwrap().len(), 1);
            }
        }
    });
    assert_eq!(told, alone);
    assert_eq!(end, End::Done(alone_whole));
}

#[test]
fn a_paused_job_resumes_with_the_same_result() {
    let reading = Reading::new();
    let (mut queue, events) = Queue::start(&ModelCache::start());
    queue.submit(job(&reading.recording));
    let (alone, _) = follow(&events, |_| {});

    let id = queue.submit(job(&reading.recording));
    let mut last = Ms(0);
    let (mut told, end) = follow(&events, |event| {
        if let Event::ChunkStarted { start, end, .. } = event {
            last = *end;
            if *start > Ms(0) {
                queue.hold(id);
            }
        }
    });
    let End::Held(until) = end else {
        panic!("{end:?}")
    };
    assert_eq!(until, last, "the piece that was begun is heard to its end");
    queue.submit(Job {
        from: until,
        ..job(&reading.recording)
    });
    let (rest, end) = follow(&events, |_| {});
    assert!(matches!(end, End::Done(_)));
    told.extend(rest);
    let texts =
        |lines: &[Segment]| -> Vec<String> { lines.iter().map(|line| line.text.clone()).collect() };
    assert_eq!(texts(&told), texts(&alone));
    for (a, b) in told.iter().zip(&alone) {
        assert!(a.start.0.abs_diff(b.start.0) <= 2 && a.end.0.abs_diff(b.end.0) <= 2);
    }
}

#[test]
fn a_missing_or_replaced_recording_is_an_error() {
    let reading = Reading::new();
    let (queue, _events) = Queue::start(&ModelCache::start());
    let code = |span| queue.retranscribe(span).wait().unwrap_err().code;
    let span = reading.span(&reading.lines, 0, Task::Align);
    let gone = Span {
        recording: "/nowhere/at/all.wav".into(),
        ..span.clone()
    };
    assert_eq!(code(gone), Code::RecordingUnreadable);
    let other = Span {
        recording: root().join("samples/en-01.flac"),
        range: Ms(600_000)..Ms(601_000),
        ..span
    };
    assert_eq!(code(other), Code::RecordingInvalid);
}

#[test]
fn a_cancelled_request_gives_no_result() {
    let reading = Reading::new();
    let (queue, _events) = Queue::start(&ModelCache::start());
    let redo = queue.retranscribe(reading.span(&reading.lines, 0, Task::Align));
    redo.cancel_token().stop();
    assert_eq!(redo.wait(), Ok(None));
}
