//! A long recording with known word times, generated from the samples, and the errors of the word
//! times in its transcript over its length.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use earmark_audio::{Error as AudioError, Recording, SAMPLE_RATE, Source};
use earmark_engine::{Aligner, Checkpoint, Recognizer, Request, Settings};
use earmark_pipeline::{BoundedAligner, Event, Models, Outcome, Policy, Watcher, transcribe};
use earmark_transcript::{Transcript, score};
use serde_json::Value;

/// One sample: its audio and the true times of its words.
struct Clip {
    samples: Vec<f32>,
    words: Vec<TrueWord>,
}

/// A word and its true times, if known, from the beginning of the clip or recording. Units: ms.
#[derive(Clone)]
struct TrueWord {
    text: String,
    start_ms: Option<u32>,
    end_ms: Option<u32>,
}

/// The short clean samples of both languages in a loop, with varying pauses of 0.2 to 2.5 s between
/// them.
pub struct Joined {
    clips: Vec<Clip>,
    wanted_ms: u32,
    stretch_ms: u32,
    random: u32,
    next: usize,
    n_given: u64,
    /// The true word times of every clip returned so far.
    given: Vec<Vec<TrueWord>>,
    waiting: VecDeque<Vec<f32>>,
}

impl Joined {
    /// The samples in a folder, repeated to at least `wanted_ms`.
    pub fn new(folder: &Path, wanted_ms: u32) -> Self {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
            .expect("the samples are there")
            .map(|entry| entry.expect("the folder can be read").path())
            .filter(|path| is_short_and_clean(path))
            .collect();
        paths.sort();
        Self {
            clips: paths.iter().map(|path| Clip::read(path)).collect(),
            wanted_ms,
            stretch_ms: 600_000,
            random: 1,
            next: 0,
            n_given: 0,
            given: Vec::new(),
            waiting: VecDeque::new(),
        }
    }

    /// Evaluates intervals of this length instead of ten minutes. Units: ms.
    #[must_use]
    pub fn in_stretches_of(mut self, stretch_ms: u32) -> Self {
        self.stretch_ms = stretch_ms;
        self
    }

    /// Length returned so far. Units: ms.
    fn given_ms(&self) -> u32 {
        (self.n_given * 1000 / u64::from(SAMPLE_RATE)) as u32
    }

    /// The next number of a fixed sequence, below `n`.
    fn below(&mut self, n: u32) -> u32 {
        self.random = self
            .random
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        ((u64::from(self.random) * u64::from(n)) >> 32) as u32
    }

    fn pause(&mut self) -> Vec<f32> {
        let n_samples = (200 + self.below(2300)) * (SAMPLE_RATE / 1000);
        (0..n_samples)
            .map(|_| (self.below(2001) as f32 - 1000.0) * 1e-6) // not digital silence
            .collect()
    }
}

impl Source for Joined {
    fn next_block(&mut self) -> Result<Option<Vec<f32>>, AudioError> {
        if self.waiting.is_empty() && self.given_ms() < self.wanted_ms {
            let clip = &self.clips[self.next % self.clips.len()];
            let start_ms = self.given_ms();
            let shift = |time: Option<u32>| time.map(|ms| ms + start_ms);
            let words = clip.words.iter().map(|word| TrueWord {
                text: word.text.clone(),
                start_ms: shift(word.start_ms),
                end_ms: shift(word.end_ms),
            });
            self.given.push(words.collect());
            self.waiting.push_back(clip.samples.clone());
            let pause = self.pause();
            self.waiting.push_back(pause);
            self.next += 1;
        }
        let block = self.waiting.pop_front();
        self.n_given += block.as_ref().map_or(0, |block| block.len() as u64);
        Ok(block)
    }

    fn n_total(&self) -> Option<u64> {
        None
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}

fn is_short_and_clean(path: &Path) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let is_numbered = |prefix| {
        let number = name.strip_prefix(prefix);
        number.is_some_and(|number| number.len() == 2 && number.parse::<u8>().is_ok())
    };
    path.extension().is_some_and(|ending| ending == "flac")
        && (is_numbered("en-") || is_numbered("zh-"))
}

impl Clip {
    fn read(path: &Path) -> Self {
        let mut recording = Recording::open(path).expect("a sample opens");
        let mut samples = Vec::new();
        while let Some(block) = recording.next_block().expect("a sample decodes") {
            samples.extend(block);
        }
        let truth = std::fs::read(path.with_extension("words.json")).expect("its words are known");
        let truth: Value = serde_json::from_slice(&truth).expect("they are JSON");
        let words = truth["words"].as_array().expect("there is a list of them");
        let ms = |value: &Value| value.as_u64().map(|ms| ms as u32);
        let word = |word: &Value| TrueWord {
            text: score::normalise(word["text"].as_str().unwrap_or_default()),
            start_ms: ms(&word["start_ms"]),
            end_ms: ms(&word["end_ms"]),
        };
        Self {
            samples,
            words: words.iter().map(word).collect(),
        }
    }
}

/// How far the times of one stretch of a recording are off.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stretch {
    /// Mean distance of the found words' borders from the truth. Units: ms.
    pub mean_ms: f64,
    /// The same, of the border in the middle: a few words that are found in a wrong place do not
    /// count, and a drift moves all of them. Units: ms.
    pub median_ms: u32,
    /// Words of the truth that were heard.
    pub n_found: usize,
    /// Words of the truth.
    pub n_words: usize,
}

struct Quiet<F>(F);

impl<F: FnMut(u32) + Send> Watcher for Quiet<F> {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Progress { done, .. } = event {
            (self.0)(done.0);
        }
    }
}

/// Transcribes a joined recording with the demo and its aligner; `progress` is told how much is
/// done. Units: ms.
pub fn measure(mut joined: Joined, progress: impl FnMut(u32) + Send) -> Vec<Stretch> {
    let entry = |name| earmark_weights::catalog_model(name).expect("the demo is in the catalog");
    let (demo, aligner) = (
        entry(earmark_weights::DEMO),
        entry(earmark_weights::DEMO_ALIGNER),
    );
    let settings = Settings::default();
    let mut recognizer =
        Recognizer::load(&Checkpoint::Embedded(earmark_weights::demo()), &settings)
            .expect("the demo loads");
    let checkpoint = Checkpoint::Embedded(earmark_weights::demo_aligner());
    let loaded = Aligner::load(&checkpoint, &settings).expect("the demo aligner loads");
    let languages = Some(aligner.languages.clone());
    let mut bounded_aligner = BoundedAligner::new(loaded, languages, aligner.longest_clip_s);
    let models = Models {
        recognizer: &mut recognizer,
        aligner: Some(&mut bounded_aligner),
    };
    let policy = Policy::within(demo.longest_clip_s.min(aligner.longest_clip_s));
    let request = Request::default();
    let outcome = transcribe(&mut joined, models, &request, policy, &mut Quiet(progress));
    let Ok(Outcome::Done(transcript)) = outcome else {
        panic!("nobody stops it, and the samples are sound")
    };
    stretches(&joined, &transcript)
}

/// Compares a transcript with the truth, stretch by stretch. A word is looked for among those that
/// are heard within its clip, half a second to either side.
fn stretches(joined: &Joined, transcript: &Transcript) -> Vec<Stretch> {
    let heard: Vec<_> = transcript.segments.iter().flat_map(|s| &s.words).collect();
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut borders: Vec<Vec<u32>> = Vec::new();
    for words in &joined.given {
        let first = words.iter().find_map(|word| word.start_ms).unwrap_or(0);
        let last = words
            .iter()
            .rev()
            .find_map(|word| word.end_ms)
            .unwrap_or(first);
        let nth = (first / joined.stretch_ms) as usize;
        stretches.resize(stretches.len().max(nth + 1), Stretch::default());
        borders.resize(stretches.len(), Vec::new());
        let from = heard.partition_point(|word| word.end.0 + 500 < first);
        let to = heard
            .partition_point(|word| word.start.0 < last + 500)
            .max(from);
        let near = &heard[from..to];
        let truth: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let texts: Vec<String> = near
            .iter()
            .map(|word| score::normalise(&word.text))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = score::matches(&truth, &texts);
        stretches[nth].n_words += words.len();
        stretches[nth].n_found += found.len();
        for (i, j) in found {
            let pairs = [
                (words[i].start_ms, near[j].start.0),
                (words[i].end_ms, near[j].end.0),
            ];
            for (truth, heard) in pairs {
                borders[nth].extend(truth.map(|truth| truth.abs_diff(heard)));
            }
        }
    }
    for (stretch, mut borders) in stretches.iter_mut().zip(borders) {
        borders.sort_unstable();
        let sum: f64 = borders.iter().copied().map(f64::from).sum();
        stretch.mean_ms = sum / borders.len().max(1) as f64;
        stretch.median_ms = borders.get(borders.len() / 2).copied().unwrap_or(0);
    }
    stretches
}
