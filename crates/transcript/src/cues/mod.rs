//! A cue is one subtitle: as much text as fits the screen, for as long as reading it takes.
//!
//! Segments become [runs](run) of words; a [search](search) over all ways to cut a run into cues
//! and lines finds the cheapest; what is on screen when then follows from the words' times.

mod check;
mod collect;
mod rules;
mod search;
mod word_run;

pub use check::{Fault, Violation, check};
pub use rules::Rules;
pub use word_run::Spoken;

use unicode_width::UnicodeWidthStr;

use self::word_run::{Layout, Run};
use crate::{Ms, Timing, Transcript};

/// One subtitle.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// When it appears, from the beginning of the recording.
    pub start: Ms,
    /// When it disappears.
    pub end: Ms,
    /// Its lines, as words.
    pub lines: Vec<Vec<Spoken>>,
    /// Who speaks, when somebody has said so.
    pub speaker: Option<String>,
    /// Where the times of its segment come from.
    pub timing: Timing,
    /// Whether the words have times of their own. If not, the text of their segment was spread
    /// over its time by width.
    pub words_are_timed: bool,
}

impl Cue {
    /// The text of every line.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.lines.iter().map(|line| text(line))
    }

    /// The words of all lines, in order.
    pub fn words(&self) -> impl Iterator<Item = &Spoken> {
        self.lines.iter().flatten()
    }

    /// What is to be read, in display columns; line breaks are not counted.
    pub fn columns(&self) -> usize {
        self.texts().map(|line| line.width()).sum()
    }
}

/// Words as one line of text.
pub fn text(words: &[Spoken]) -> String {
    let mut line = String::new();
    for word in words {
        if word.space && !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word.text);
    }
    line
}

/// The cues of a transcript, in order.
///
/// Every word of every segment is in exactly one cue; cues never overlap and stay inside the
/// recording. Segments of one speaker that follow each other share cues where that reads better.
/// A segment without word times that fits one cue keeps its own times exactly; a longer one is
/// cut and its time divided by width.
pub fn make(transcript: &Transcript, rules: &Rules) -> Vec<Cue> {
    let runs = collect::collect(transcript, rules);
    let mut cues: Vec<Cue> = Vec::new();
    for (n, run) in runs.iter().enumerate() {
        let next = runs.get(n + 1).map(|next| next.start);
        cues.extend(
            search::cut(run, rules, next)
                .iter()
                .map(|cut| cue(run, cut)),
        );
    }
    cues
}

/// A cue of a run.
fn cue(run: &Run, cut: &search::Cut) -> Cue {
    let mut words = run.words[cut.first..].iter().cloned();
    Cue {
        start: cut.start,
        end: cut.end,
        lines: cut
            .lines
            .iter()
            .map(|&n_words| words.by_ref().take(n_words).collect())
            .collect(),
        speaker: run.speaker.clone(),
        timing: run.timing,
        words_are_timed: run.layout == Layout::Timed,
    }
}

#[cfg(test)]
mod tests;
