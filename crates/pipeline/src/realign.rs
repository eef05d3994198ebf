//! Aligning again gives lines that a person corrected their times, in the stretch they are spoken
//! in.

use std::ops::Range;
use std::sync::Arc;

use earmark_audio::{MemorySource, SAMPLE_RATE, Source, vad};
use earmark_transcript::word_times::Timed;
use earmark_transcript::{Language, Ms, Segment, Timing, Word, words};

use crate::reference_text::{Tools, align_reference_text};
use crate::snap_to_silence::snap;
use crate::{Error, Models, Precision, Watcher, estimate};

/// Lines with new times for their words; text, language and speaker stay, and so does a line of
/// which no word was found. `samples` are the stretch they are spoken in, held whole, and `start`
/// is where it begins in the recording. `None` when the watcher asked to stop.
///
/// Without an aligner that knows the language the times are estimated, as they are everywhere. The
/// recogniser is needed only when the stretch is longer than the aligner's longest clip.
///
/// Errors: a model fails.
pub fn realign(
    samples: Vec<f32>,
    start: Ms,
    lines: &[Segment],
    models: Models<'_>,
    watcher: &mut dyn Watcher,
) -> Result<Option<Vec<Segment>>, Error> {
    let speech = speech(&samples);
    let named = lines.iter().find(|line| !line.language.is_empty());
    let language = named.and_then(|line| Language::find(&line.language));
    let aligner = models.aligner.zip(language);
    let Some((aligner, language)) = aligner.filter(|(it, language)| it.knows(language.name()))
    else {
        return Ok(Some(estimated(lines, &speech, start)));
    };
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let longest = aligner.longest_s() as usize * SAMPLE_RATE as usize;
    let tools = Tools {
        recognizer: (samples.len() > longest).then_some(models.recognizer),
        aligner,
        precision: Precision::Best,
    };
    let samples: Arc<[f32]> = samples.into();
    let mut open = || Ok(Box::new(MemorySource::new(Arc::clone(&samples))) as Box<dyn Source>);
    let Some(timed) = align_reference_text(&mut open, &texts, language, tools, watcher)? else {
        return Ok(None);
    };
    let found = timed.lines.into_iter().map(|line| {
        let mut words = line.words;
        snap(&mut words, &speech);
        line.found.then_some(words)
    });
    let again = |(line, words): (&Segment, Option<Vec<Timed>>)| match words {
        Some(words) => retimed(line, words, start, Timing::Aligned),
        None => line.clone(),
    };
    Ok(Some(lines.iter().zip(found).map(again).collect()))
}

/// Where there is speech in a stretch; all of it, where none is found.
fn speech(samples: &[f32]) -> Vec<Range<Ms>> {
    let at = |sample: u64| Ms::from_samples(sample, SAMPLE_RATE);
    let spans = vad::spans(samples, &vad::Settings::default());
    let mut speech: Vec<Range<Ms>> = spans
        .into_iter()
        .map(|span| at(span.start)..at(span.end))
        .collect();
    if speech.is_empty() {
        speech.push(Ms::ZERO..at(samples.len() as u64));
    }
    speech
}

/// Lines whose times are told from where there is speech and how long the words are.
fn estimated(lines: &[Segment], speech: &[Range<Ms>], start: Ms) -> Vec<Segment> {
    let ranges: Vec<Vec<Range<usize>>> =
        lines.iter().map(|line| words::split(&line.text)).collect();
    let texts: Vec<&str> = lines
        .iter()
        .zip(&ranges)
        .flat_map(|(line, ranges)| ranges.iter().map(|range| &line.text[range.clone()]))
        .collect();
    let mut times = estimate::times(&texts, speech).into_iter();
    let again = |(line, ranges): (&Segment, Vec<Range<usize>>)| {
        let timed = ranges.into_iter().zip(times.by_ref());
        let timed = timed.map(|(range, time)| Timed {
            range,
            start: time.start,
            end: time.end,
            quality: None,
        });
        retimed(line, timed.collect(), start, Timing::Estimated)
    };
    lines.iter().zip(ranges).map(again).collect()
}

/// A line with other times, which count from `start`. Words that are as they were keep their
/// probabilities; a typed one is certain.
fn retimed(line: &Segment, timed: Vec<Timed>, start: Ms, timing: Timing) -> Segment {
    let word = |(nth, timed): (usize, Timed)| {
        let text = &line.text[timed.range];
        let same = line.words.get(nth).filter(|word| word.text == text);
        Word {
            text: text.to_owned(),
            start: start + timed.start,
            end: start + timed.end,
            probability: same.map_or(1.0, |word| word.probability),
            quality: timed.quality,
        }
    };
    let words: Vec<Word> = timed.into_iter().enumerate().map(word).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return line.clone();
    };
    Segment {
        start: first.start,
        end: last.end,
        timing,
        words,
        ..line.clone()
    }
}

#[cfg(test)]
mod tests {
    use earmark_engine::{Aligned, Error, Observer, Outcome, Recognition, Request, TimedWord};
    use earmark_transcript::{Ms, Segment, Timing, Word, words};

    use super::realign;
    use crate::{Align, Event, Models, Recognize, Watcher};

    /// Gives every word half a second, knows English, and counts what it is given.
    struct Ruler;

    impl Align for Ruler {
        fn knows(&self, language: &str) -> bool {
            language == "English"
        }
        fn longest_s(&self) -> u32 {
            4
        }
        fn align(
            &mut self,
            _: &[f32],
            words: &[&str],
            observer: &mut dyn Observer,
        ) -> Result<Outcome<Aligned>, Error> {
            if observer.cancelled() {
                return Ok(Outcome::Cancelled);
            }
            let word = |nth: u32| TimedWord {
                start_ms: nth * 500,
                end_ms: nth * 500 + 500,
                quality: 0.9,
                repaired: [false; 2],
                raw_ms: [nth * 500, nth * 500 + 500],
                fine_ms: [nth * 500, nth * 500 + 500],
            };
            Ok(Outcome::Done(Aligned {
                words: (0..words.len() as u32).map(word).collect(),
                ..Aligned::default()
            }))
        }
    }

    /// Recognises its words in the first chunk and nothing in the others.
    struct Parrot(&'static str);

    impl Recognize for Parrot {
        fn recognize(
            &mut self,
            _: &[f32],
            _: &Request<'_>,
            _: &mut dyn Observer,
        ) -> Result<Outcome<Recognition>, Error> {
            Ok(Outcome::Done(Recognition {
                text: std::mem::take(&mut self.0).into(),
                ..Recognition::default()
            }))
        }
    }

    struct Impatient(bool);

    impl Watcher for Impatient {
        fn cancelled(&mut self) -> bool {
            self.0
        }
        fn event(&mut self, _: Event<'_>) {}
    }

    /// A line whose words lie at 9 s, with a probability of a half.
    fn line(text: &str, language: &str) -> Segment {
        let word = |text: &str| Word {
            text: text.into(),
            start: Ms(9000),
            end: Ms(9000),
            probability: 0.5,
            quality: None,
        };
        let words = words::split(text).into_iter();
        Segment {
            start: Ms(9000),
            end: Ms(9000),
            text: text.into(),
            language: language.into(),
            timing: Timing::Estimated,
            speaker: Some("Ann".into()),
            words: words.map(|range| word(&text[range])).collect(),
        }
    }

    fn again(lines: &[Segment], n_seconds: usize, recognised: &'static str) -> Vec<Segment> {
        let models = Models {
            recognizer: &mut Parrot(recognised),
            aligner: Some(&mut Ruler),
        };
        let samples = vec![0.0; n_seconds * 16_000];
        let mut watcher = Impatient(false);
        let again = realign(samples, Ms(10_000), lines, models, &mut watcher);
        again.unwrap().unwrap()
    }

    fn times(segment: &Segment) -> Vec<(u32, u32)> {
        let words = segment.words.iter();
        words.map(|word| (word.start.0, word.end.0)).collect()
    }

    #[test]
    fn lines_get_times_on_the_clock_of_the_recording_and_keep_the_rest() {
        let mut lines = [line("One two.", "English"), line("Three!", "English")];
        lines[0].words[1].text = "tow.".into();
        let again = again(&lines, 2, "");
        assert_eq!(times(&again[0]), [(10_000, 10_500), (10_500, 11_000)]);
        assert_eq!(times(&again[1]), [(11_000, 11_500)]);
        assert_eq!((again[0].start, again[0].end), (Ms(10_000), Ms(11_000)));
        assert_eq!(again[0].timing, Timing::Aligned);
        let marks = again[0]
            .words
            .iter()
            .map(|word| (word.probability, word.quality));
        assert_eq!(
            marks.collect::<Vec<_>>(),
            [(0.5, Some(0.0)), (1.0, Some(0.0))], // measured in silence
        );
        assert_eq!(
            (&again[1].text, &again[1].speaker),
            (&lines[1].text, &lines[1].speaker)
        );
    }

    #[test]
    fn an_unknown_language_is_estimated_and_says_so() {
        let again = again(&[line("ab cd", "Thai")], 2, "");
        assert_eq!(times(&again[0]), [(10_000, 11_000), (11_000, 12_000)]);
        assert_eq!(again[0].timing, Timing::Estimated);
        assert!(again[0].words.iter().all(|word| word.quality.is_none()));
    }

    #[test]
    fn in_a_long_stretch_a_line_that_nobody_speaks_stays_as_it_is() {
        let lines = [line("One two.", "English"), line("Marmalade.", "English")];
        let again = again(&lines, 6, "One two.");
        assert_eq!(again[0].timing, Timing::Aligned);
        assert_eq!(again[1], lines[1]);
    }

    #[test]
    fn lines_without_words_stay_and_a_stop_is_no_error() {
        let empty = line("", "English");
        assert_eq!(again(std::slice::from_ref(&empty), 1, ""), [empty]);
        let models = Models {
            recognizer: &mut Parrot(""),
            aligner: Some(&mut Ruler),
        };
        let lines = [line("One", "English")];
        let stopped = realign(
            vec![0.0; 16_000],
            Ms(0),
            &lines,
            models,
            &mut Impatient(true),
        );
        assert_eq!(stopped.unwrap(), None);
    }
}
