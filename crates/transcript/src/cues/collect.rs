//! Collecting makes the runs of a transcript from its segments.

use super::word_run::{Layout, Run, spread, unfold};
use super::{Rules, search};
use crate::break_points;
use crate::{Ms, Segment, Timing, Transcript};

/// The runs of a transcript, in order. Words' times never run backwards and stay inside the
/// recording.
pub(super) fn collect(transcript: &Transcript, rules: &Rules) -> Vec<Run> {
    let segments = &transcript.segments;
    let last = segments.iter().map(|segment| segment.end).max();
    let limit = match transcript.duration {
        Ms::ZERO => last.unwrap_or_default(),
        duration => duration,
    };
    let mut runs: Vec<Run> = Vec::new();
    let mut clock = Ms::ZERO;
    for segment in segments {
        let run = match break_points::starts(segment) {
            Some(starts) if segment.timing != Timing::Piece => {
                timed(segment, &starts, &mut clock, limit)
            }
            _ => untimed(segment, rules, &mut clock, limit),
        };
        for run in run.into_iter().flat_map(Run::cut_at_silences) {
            match runs.last_mut() {
                Some(before) if before.goes_on_in(&run) => before.append(run),
                _ => runs.push(run),
            }
        }
    }
    for run in &mut runs {
        if run.layout == Layout::Timed {
            unfold(&mut run.words);
            run.start = run.words[0].start;
        }
    }
    runs
}

/// A segment by the times of its words.
fn timed(segment: &Segment, starts: &[usize], clock: &mut Ms, limit: Ms) -> Option<Run> {
    let times = segment.words.iter().map(|word| {
        let start = word.start.min(limit).max(*clock);
        let end = word.end.min(limit).max(start);
        *clock = end;
        (start, end)
    });
    let times: Vec<(Ms, Ms)> = times.collect();
    Run::new(segment, starts, &times, limit, Layout::Timed)
}

/// A segment by its own times alone; `None` when it has no text.
fn untimed(segment: &Segment, rules: &Rules, clock: &mut Ms, limit: Ms) -> Option<Run> {
    let start = segment.start.min(limit).max(*clock);
    let end = segment.end.min(limit).max(start);
    let starts = break_points::displayed(&segment.text);
    let nothing = vec![(start, end); starts.len()];
    let mut run = Run::new(segment, &starts, &nothing, end, Layout::Whole)?;
    if search::fits(&run, rules) {
        *clock = start;
    } else {
        run.layout = Layout::Spread;
        spread(&mut run.words, start, end);
        *clock = end;
    }
    Some(run)
}
