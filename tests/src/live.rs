//! Error rates of live transcription of the samples with the demo pair, compared with the
//! transcription of files and the streaming of the reference.

use earmark_audio::{MemorySource, SAMPLE_RATE};
use earmark_engine::{Aligner, Checkpoint, Recognizer, Request, Settings};
use earmark_pipeline::live::{self, Live, Pace};
use earmark_pipeline::{BoundedAligner, Event, Models, Outcome, Policy, Watcher, transcribe};
use earmark_transcript::{Timing, Transcript, score};

use crate::reference_streaming::{Rules, stream};
use crate::samples::Spoken;

/// Error rates on some samples. Units: percent of the words, or of the characters in Chinese.
#[derive(Clone, Copy, Debug)]
pub struct ErrorRates {
    /// Of the transcription of files.
    pub file: f64,
    /// Live.
    pub live: f64,
    /// Of the reference's streaming; `None` for recordings that are too long for it: it recognises
    /// a recording from its beginning in every pass, and the demo has 2,048 positions.
    pub reference: Option<f64>,
    /// Recordings.
    pub n_samples: usize,
}

/// Longest recording that the reference's streaming supports with the demo. Units: samples.
const N_STREAMED_MOST: usize = 60 * SAMPLE_RATE as usize;

/// Transcribes every sample whose name has one of the prefixes in all three ways.
pub fn compare(prefixes: &[&str]) -> ErrorRates {
    let mut demo = Demo::load();
    let spoken = prefixes.iter().flat_map(|prefix| Spoken::all(prefix));
    let (mut of_files, mut of_live, mut of_reference) = (Vec::new(), Vec::new(), Vec::new());
    for spoken in spoken {
        let file = demo.file(&spoken.samples);
        let (live, reader) = demo.live(&spoken.samples);
        assert!(reader.n_looks > 2, "{}", spoken.name);
        assert!(live.segments.iter().all(|it| it.timing == Timing::Aligned));
        of_files.push(rate(&spoken, &file.text));
        of_live.push(rate(&spoken, &live.text));
        if spoken.samples.len() <= N_STREAMED_MOST {
            let looks = stream(&mut demo.recognizer, &spoken.samples, None, Rules::demo());
            of_reference.push(rate(&spoken, &looks[looks.len() - 1].text));
        }
    }
    ErrorRates {
        file: percent(&of_files),
        live: percent(&of_live),
        reference: (of_reference.len() == of_files.len()).then(|| percent(&of_reference)),
        n_samples: of_files.len(),
    }
}

struct Quiet;

impl Watcher for Quiet {
    fn event(&mut self, _event: Event<'_>) {}
}

/// Checks that committed text never changes.
#[derive(Default)]
struct Reader {
    committed: String,
    n_looks: usize,
}

impl live::Watch for Reader {
    fn event(&mut self, event: live::Event<'_>) {
        match event {
            live::Event::Words { committed, .. } => {
                self.n_looks += 1;
                assert!(committed.starts_with(&self.committed));
                committed.clone_into(&mut self.committed);
            }
            live::Event::Segment(_) => self.committed.clear(),
        }
    }
}

/// The demo pair.
struct Demo {
    recognizer: Recognizer,
    aligner: BoundedAligner,
    longest_s: u32,
}

impl Demo {
    fn load() -> Self {
        let settings = Settings::default();
        let entry = earmark_weights::catalog_model(earmark_weights::DEMO_ALIGNER).unwrap();
        let load = Checkpoint::Embedded(earmark_weights::demo_aligner());
        let aligner = Aligner::load(&load, &settings).unwrap();
        let languages = Some(entry.languages.clone());
        let load = Checkpoint::Embedded(earmark_weights::demo());
        Self {
            recognizer: Recognizer::load(&load, &settings).unwrap(),
            aligner: BoundedAligner::new(aligner, languages, entry.longest_clip_s),
            longest_s: entry.longest_clip_s,
        }
    }

    fn file(&mut self, samples: &[f32]) -> Transcript {
        let models = Models {
            recognizer: &mut self.recognizer,
            aligner: Some(&mut self.aligner),
        };
        let policy = Policy::within(self.longest_s);
        let request = Request::default();
        let mut clip = MemorySource::new(samples).in_blocks_of(samples.len());
        let outcome = transcribe(&mut clip, models, &request, policy, &mut Quiet).unwrap();
        let Outcome::Done(transcript) = outcome else {
            panic!("nobody stopped it")
        };
        transcript
    }

    fn live(&mut self, samples: &[f32]) -> (Transcript, Reader) {
        let mut reader = Reader::default();
        let mut live = Live::new(live::Settings {
            longest_clip_s: self.longest_s,
            pace: Pace::EveryStep,
            ..live::Settings::default()
        });
        let mut models = live::Models {
            recognizer: &mut self.recognizer,
            aligner: Some(&mut self.aligner),
        };
        for block in samples.chunks(1_600) {
            live.push(block, &mut models, &mut reader).unwrap();
        }
        (live.finish(&mut models, &mut reader).unwrap(), reader)
    }
}

/// Errors and units of words (English) or characters (Chinese).
fn rate(spoken: &Spoken, text: &str) -> score::Rate {
    let truth = spoken.texts().join(" ");
    if spoken.name.starts_with("zh") {
        score::characters(&truth, text)
    } else {
        score::words(&truth, text)
    }
}

/// Percent of errors among all units.
fn percent(rates: &[score::Rate]) -> f64 {
    let n_errors: usize = rates.iter().map(|rate| rate.n_errors).sum();
    let n_total: usize = rates.iter().map(|rate| rate.n_total).sum();
    100.0 * n_errors as f64 / n_total as f64
}
