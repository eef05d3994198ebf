//! What [`earmark_jobs`] hears in a recording: what the window is held against.

use std::path::Path;

use earmark_jobs::{
    AlignerChoice, DEMO, End, Event, Job, ModelCache, Ms, Queue, Settings, Transcript,
};
use earmark_transcript::cues::Rules;
use earmark_transcript::export::{Format, Options, render};

/// How a recording ends in a queue of its own.
pub(crate) fn recognised(recording: &Path) -> End {
    let (mut queue, events) = Queue::start(&ModelCache::start());
    queue.submit(Job {
        recording: recording.to_owned(),
        track: None,
        model: DEMO.to_owned(),
        aligner: AlignerChoice::Auto,
        settings: Settings::default(),
        language: None,
        context: String::new(),
        from: Ms(0),
        longest_chunk_s: None,
        speakers: None,
        voices: None,
    });
    for event in events {
        if let Event::Ended { end, .. } = event {
            return end;
        }
    }
    panic!("the queue went away without a word");
}

/// The transcript of a recording that the demo understands.
pub(crate) fn transcript(recording: &Path) -> Transcript {
    match recognised(recording) {
        End::Done(transcript) if !transcript.segments.is_empty() => transcript,
        _ => panic!("the demo hears nothing in {}", recording.display()),
    }
}

/// The text of every line.
pub(crate) fn texts(transcript: &Transcript) -> Vec<&str> {
    let lines = transcript.segments.iter();
    lines.map(|line| line.text.as_str()).collect()
}

/// The subtitles that the defaults of the window give.
pub(crate) fn srt(transcript: &Transcript, file: &str) -> String {
    let options = Options {
        rules: Some(Rules::broadcast()),
        ..Options::default()
    };
    let file = render(Format::Srt, transcript, file, &options);
    String::from_utf8(file).expect("subtitles are text")
}
