//! A paragraph is a few segments of one speaker.

use super::one_line;
use crate::{Ms, Segment, join};

/// A silence this long begins a paragraph.
///
/// Chosen, not measured.
const PAUSE: Ms = Ms(2000);

/// A paragraph that has become this long ends with its segment.
///
/// Units: bytes of UTF-8, about a hundred words of English. Chosen, not measured.
const LONG: usize = 600;

/// Segments that belong together.
pub(super) struct Paragraph<'a> {
    pub(super) start: Ms,
    pub(super) speaker: Option<&'a str>,
    segments: &'a [Segment],
}

impl Paragraph<'_> {
    /// The text on one line.
    pub(super) fn text(&self) -> String {
        one_line(&join(
            self.segments.iter().map(|segment| segment.text.as_str()),
        ))
    }
}

/// Segments as paragraphs, in order: a new one begins with a new speaker, after a pause, and when
/// the one before has become long.
pub(super) fn split(segments: &[Segment]) -> impl Iterator<Item = Paragraph<'_>> {
    let mut length = 0;
    let belong = move |before: &Segment, next: &Segment| {
        length += before.text.len();
        let together =
            before.speaker == next.speaker && next.start - before.end < PAUSE && length < LONG;
        if !together {
            length = 0;
        }
        together
    };
    segments.chunk_by(belong).map(|segments| Paragraph {
        start: segments[0].start,
        speaker: segments[0].speaker.as_deref(),
        segments,
    })
}

/// Hours, minutes and seconds, for people.
pub(super) fn clock(time: Ms) -> String {
    let [h, m, s, _] = time.clock();
    format!("{h}:{m:02}:{s:02}")
}
