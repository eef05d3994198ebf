//! Values of the lower crates as values of the API, and back.

use std::path::Path;

use earmark_jobs::DEMO;
use earmark_store as store;
use earmark_store::State as Stored;
use earmark_transcript as transcript;
use earmark_transcript::Ms;

use crate::api::{Code, Device, Entry, Failure, Model, Segment, State, Timing, Word};

impl From<&transcript::Segment> for Segment {
    fn from(segment: &transcript::Segment) -> Self {
        Self {
            start_ms: segment.start.0,
            end_ms: segment.end.0,
            text: segment.text.clone(),
            language: segment.language.clone(),
            timing: match segment.timing {
                transcript::Timing::Aligned => Timing::Aligned,
                transcript::Timing::Estimated => Timing::Estimated,
                transcript::Timing::Piece => Timing::Piece,
                transcript::Timing::Given => Timing::Given,
            },
            speaker: segment.speaker.clone(),
            words: segment.words.iter().map(Word::from).collect(),
        }
    }
}

impl From<&transcript::Word> for Word {
    fn from(word: &transcript::Word) -> Self {
        Self {
            text: word.text.clone(),
            start_ms: word.start.0,
            end_ms: word.end.0,
            probability: word.probability,
            quality: word.quality,
        }
    }
}

impl From<Segment> for transcript::Segment {
    fn from(segment: Segment) -> Self {
        Self {
            start: Ms(segment.start_ms),
            end: Ms(segment.end_ms),
            text: segment.text,
            language: segment.language,
            timing: match segment.timing {
                Timing::Aligned => transcript::Timing::Aligned,
                Timing::Estimated => transcript::Timing::Estimated,
                Timing::Piece => transcript::Timing::Piece,
                Timing::Given => transcript::Timing::Given,
            },
            speaker: segment.speaker,
            words: segment.words.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Word> for transcript::Word {
    fn from(word: Word) -> Self {
        Self {
            text: word.text,
            start: Ms(word.start_ms),
            end: Ms(word.end_ms),
            probability: word.probability,
            quality: word.quality,
        }
    }
}

impl From<earmark_jobs::Model> for Model {
    fn from(model: earmark_jobs::Model) -> Self {
        Self {
            name: model.name,
            title: model.title,
            is_demo: model.is_demo,
            is_ready: model.is_ready,
            bytes: model.n_bytes,
        }
    }
}

/// The devices that may be asked for.
pub(crate) fn devices() -> Vec<Device> {
    let devices = earmark_jobs::devices().into_iter();
    devices
        .map(|(name, title)| Device { name, title })
        .collect()
}

/// An entry as the history has it; `live` says how far it is in this process, where that is more
/// than the history knows.
pub(crate) fn entry(entry: &store::Entry, live: Option<&State>, models: &[Model]) -> Entry {
    let source = &entry.asked.source;
    let is_heard = entry.n_segments > 0 || entry.state == Stored::Done;
    let name = &entry.asked.model;
    let title = models.iter().find(|model| model.name == *name);
    let title = title.map_or(name, |model| &model.title);
    Entry {
        id: entry.id.0,
        title: entry.asked.name.clone(),
        file: text(source.file_name().map(Path::new)),
        folder: text(source.parent()),
        added_at: entry.asked.created.as_millisecond(),
        duration_ms: entry.duration.map(|duration| duration.0),
        language: entry.languages.join(","),
        model: if is_heard {
            title.clone()
        } else {
            String::new()
        },
        is_dictation: entry.asked.origin == store::Origin::Dictation,
        is_demo: is_heard && name == DEMO,
        is_starred: entry.starred,
        deleted_at: entry.deleted.map(jiff::Timestamp::as_millisecond),
        n_words: entry.n_words,
        excerpt: entry.opening.clone(),
        warnings: entry.warnings.clone(),
        state: live.cloned().unwrap_or_else(|| state(entry)),
    }
}

fn text(path: Option<&Path>) -> String {
    path.map(|path| path.display().to_string())
        .unwrap_or_default()
}

/// How far an entry is, as it is kept.
fn state(entry: &store::Entry) -> State {
    let done_ms = entry.recognised_until.0;
    let total_ms = entry.duration.map(|duration| duration.0);
    match &entry.state {
        Stored::Waiting => State::Waiting,
        Stored::Running => State::Reading,
        Stored::Done => State::Done,
        Stored::Cancelled => State::Cancelled { done_ms, total_ms },
        Stored::Interrupted => State::Unfinished { done_ms, total_ms },
        Stored::Failed(failure) => State::Failed {
            failure: Failure {
                code: named(&failure.code),
                message: failure.message.clone(),
            },
            done_ms,
            total_ms,
        },
    }
}

/// The kind of failure with this name.
fn named(code: &str) -> Code {
    serde_json::from_value(code.into()).unwrap_or(Code::Internal)
}

/// A failure as the history keeps it.
pub(crate) fn kept(failure: &Failure) -> earmark_store::Failure {
    let code = serde_json::to_value(failure.code).ok();
    earmark_store::Failure {
        code: code
            .and_then(|code| code.as_str().map(str::to_owned))
            .unwrap_or_default(),
        message: failure.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use earmark_transcript as transcript;
    use earmark_transcript::Ms;

    use super::{kept, named};
    use crate::api::{Code, Failure, Segment};

    #[test]
    fn a_segment_that_goes_through_the_editor_keeps_where_its_times_come_from() {
        use transcript::Timing::{Aligned, Estimated, Given, Piece};
        for timing in [Aligned, Estimated, Piece, Given] {
            let segment = transcript::Segment {
                start: Ms(400),
                end: Ms(900),
                text: "Hello".into(),
                language: "English".into(),
                timing,
                speaker: None,
                words: Vec::new(),
            };
            let sent = serde_json::to_string(&Segment::from(&segment)).unwrap();
            let saved: Segment = serde_json::from_str(&sent).unwrap();
            assert_eq!(transcript::Segment::from(saved).timing, timing);
        }
    }

    #[test]
    fn a_kept_failure_has_its_kind_again() {
        for code in [Code::NeedsFfmpeg, Code::RecordingInvalid, Code::Internal] {
            let failure = Failure {
                code,
                message: "x".into(),
            };
            assert_eq!(named(&kept(&failure).code), code);
        }
        assert_eq!(named("of a newer program"), Code::Internal);
    }
}
