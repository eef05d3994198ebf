//! A violation is a cue that breaks a rule.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use super::{Cue, Rules};
use crate::Ms;

/// A cue and the rule it breaks; shown as one line for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The cue's place among the cues, from 1, as SubRip counts.
    pub number: usize,
    /// When the cue appears.
    pub start: Ms,
    /// What is wrong.
    pub fault: Fault,
    /// What the rule asks for, in the unit of the fault.
    pub limit: f64,
}

/// A broken rule and what was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Columns per second.
    Fast(f64),
    /// Time on screen in ms, although speech or the silence after it would allow more.
    Short(u32),
    /// Time on screen in ms.
    Long(u32),
    /// Columns of a line.
    Wide(usize),
    /// Number of lines.
    Tall(usize),
    /// Time since the cue before in ms.
    Close(u32),
    /// Time shared with the cue before in ms.
    Overlap(u32),
}

/// The rules that cues break, in the order of the cues.
///
/// A cue is too short only when it could be longer: its speech is, or nothing follows soon.
pub fn check(cues: &[Cue], rules: &Rules) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (n, cue) in cues.iter().enumerate() {
        let mut add = |fault, limit| {
            violations.push(Violation {
                number: n + 1,
                start: cue.start,
                fault,
                limit,
            });
        };
        if let Some(before) = n.checked_sub(1).map(|n| &cues[n]) {
            let gap = (cue.start - before.end).0;
            if before.end > cue.start {
                add(Fault::Overlap((before.end - cue.start).0), 0.0);
            } else if gap < rules.gap_ms {
                add(Fault::Close(gap), f64::from(rules.gap_ms));
            }
        }
        let duration = (cue.end - cue.start).0;
        let next = cues.get(n + 1).map_or(Ms::MAX, |next| next.start);
        let room = (next - Ms(rules.gap_ms) - cue.start).0;
        if duration < rules.min_ms && (speech(cue) >= rules.min_ms || room >= rules.min_ms) {
            add(Fault::Short(duration), f64::from(rules.min_ms));
        }
        if duration > rules.max_ms {
            add(Fault::Long(duration), f64::from(rules.max_ms));
        }
        let speed = cue.columns() as f64 * 1000.0 / f64::from(duration.max(1));
        if speed > rules.columns_per_second {
            add(Fault::Fast(speed), rules.columns_per_second);
        }
        if cue.lines.len() > rules.max_lines {
            add(Fault::Tall(cue.lines.len()), rules.max_lines as f64);
        }
        for line in cue.texts().filter(|line| line.width() > rules.max_columns) {
            add(Fault::Wide(line.width()), rules.max_columns as f64);
        }
    }
    violations
}

/// Time from the first word of a cue to the last, in ms; 0 when its words have no times.
fn speech(cue: &Cue) -> u32 {
    let first = cue.words().next().map_or(Ms::ZERO, |word| word.start);
    let last = cue.words().last().map_or(Ms::ZERO, |word| word.end);
    (last - first).0
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            number,
            start,
            limit,
            ..
        } = self;
        write!(f, "cue {number} at {start}: ")?;
        match self.fault {
            Fault::Fast(speed) => write!(f, "{speed:.1} columns per second, at most {limit}"),
            Fault::Short(ms) => write!(f, "{ms} ms on screen, at least {limit}"),
            Fault::Long(ms) => write!(f, "{ms} ms on screen, at most {limit}"),
            Fault::Wide(columns) => write!(f, "a line of {columns} columns, at most {limit}"),
            Fault::Tall(lines) => write!(f, "{lines} lines, at most {limit}"),
            Fault::Close(ms) => write!(f, "{ms} ms after the cue before, at least {limit}"),
            Fault::Overlap(ms) => write!(f, "shares {ms} ms with the cue before"),
        }
    }
}
