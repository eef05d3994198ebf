//! The timeline: which decoded frames are played, and where silence is inserted.

use std::collections::VecDeque;

/// The played part of a track.
///
/// Units: frames at the rate of the track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Timeline {
    /// Frames of silence at the beginning, if the track starts later than the recording.
    silence: u64,
    /// Ranges of decoded frames that are played, in order and disjoint.
    played: VecDeque<(u64, u64)>,
    /// Decoded frames so far.
    position: u64,
}

impl Timeline {
    /// All decoded frames except the first `n_skipped`.
    pub(super) fn from(n_skipped: u64) -> Self {
        Self::new(0, [(n_skipped, u64::MAX)])
    }

    /// `silence`, then these ranges of decoded frames, which must be in order and disjoint.
    pub(super) fn new(silence: u64, played: impl IntoIterator<Item = (u64, u64)>) -> Self {
        Self {
            silence,
            played: played.into_iter().collect(),
            position: 0,
        }
    }

    /// Frames played of `n_decoded` in all.
    pub(super) fn n_played(&self, n_decoded: u64) -> u64 {
        let played = self
            .played
            .iter()
            .map(|(from, to)| (*to).min(n_decoded).saturating_sub(*from));
        played.fold(self.silence, u64::saturating_add)
    }

    /// Decoded frames so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The decoded frame that is played as number `n`; `None` if the timeline does more than skip a
    /// beginning.
    pub(super) fn decoded(&self, n: u64) -> Option<u64> {
        match (self.silence, self.played.len()) {
            (0, 1) => self.played[0].0.checked_add(n),
            _ => None,
        }
    }

    /// Continues at another decoded frame; frames before `from` are not played.
    pub(super) fn jump(&mut self, position: u64, from: u64) {
        self.position = position;
        if let Some(played) = self.played.front_mut() {
            played.0 = from;
        }
    }

    /// Counts all that is to come in frames of another length: `to` of them in the time of `from`.
    pub(super) fn rescale(&mut self, to: u32, from: u32) {
        let scaled = |n: u64| {
            let n = u128::from(n) * u128::from(to) / u128::from(from.max(1));
            u64::try_from(n).unwrap_or(u64::MAX)
        };
        self.silence = scaled(self.silence);
        self.position = scaled(self.position);
        for (from, to) in &mut self.played {
            *from = scaled(*from);
            // The end of everything stays that.
            *to = if *to == u64::MAX { *to } else { scaled(*to) };
        }
    }

    /// Whether nothing that comes now is played any more.
    pub(super) fn is_over(&self) -> bool {
        self.silence == 0 && self.played.is_empty()
    }

    /// Takes up to `n_most` frames of the silence at the beginning.
    pub(super) fn take_silence(&mut self, n_most: u64) -> u64 {
        let n = self.silence.min(n_most);
        self.silence -= n;
        n
    }

    /// Removes from `frames`, the next decoded ones, those that are not played.
    pub(super) fn cut(&mut self, frames: &mut Vec<f32>) {
        let (start, end) = (self.position, self.position + frames.len() as u64);
        self.position = end;
        let mut n_kept = 0;
        while let Some(&(from, to)) = self.played.front() {
            let (first, last) = (from.max(start), to.min(end));
            if first < last {
                let (first, last) = ((first - start) as usize, (last - start) as usize);
                frames.copy_within(first..last, n_kept);
                n_kept += last - first;
            }
            if to > end {
                break;
            }
            self.played.pop_front();
        }
        frames.truncate(n_kept);
    }
}

#[cfg(test)]
mod tests {
    use super::Timeline;

    #[track_caller]
    fn check(played: &[(u64, u64)], n_chunk: usize, expected: &[f32]) {
        let decoded: Vec<f32> = (0..10u8).map(f32::from).collect();
        let mut timeline = Timeline::new(0, played.iter().copied());
        assert_eq!(timeline.n_played(10), expected.len() as u64);
        let mut got = Vec::new();
        for chunk in decoded.chunks(n_chunk) {
            let mut chunk = chunk.to_vec();
            timeline.cut(&mut chunk);
            got.extend(chunk);
        }
        assert_eq!(got, expected, "in chunks of {n_chunk}");
        assert_eq!(timeline.position(), 10);
    }

    #[test]
    fn ranges_are_cut_out_across_chunks() {
        for n_chunk in 1..=11 {
            check(
                &[(0, u64::MAX)],
                n_chunk,
                &[0., 1., 2., 3., 4., 5., 6., 7., 8., 9.],
            );
            check(&[(7, u64::MAX)], n_chunk, &[7., 8., 9.]);
            check(&[(1, 3), (3, 4), (8, 12)], n_chunk, &[1., 2., 3., 8., 9.]);
            check(&[(20, 30)], n_chunk, &[]);
            check(&[], n_chunk, &[]);
        }
    }

    #[test]
    fn a_jump_skips_frames_before_its_target() {
        let mut timeline = Timeline::new(0, [(2, 9)]);
        assert_eq!(timeline.decoded(3), Some(5));
        timeline.jump(4, 5);
        let mut frames = vec![4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        timeline.cut(&mut frames);
        assert_eq!(frames, [5.0, 6.0, 7.0, 8.0]);
        assert!(timeline.is_over());
        assert_eq!(Timeline::new(1, [(0, 9)]).decoded(3), None);
        assert_eq!(Timeline::new(0, [(0, 2), (3, 4)]).decoded(3), None);
    }

    #[test]
    fn frames_of_another_length_cover_the_same_time() {
        let mut timeline = Timeline::new(10, [(4, 8), (20, u64::MAX)]);
        timeline.rescale(1, 2);
        assert_eq!(timeline, Timeline::new(5, [(2, 4), (10, u64::MAX)]));
        timeline.rescale(44_100, 11_025);
        assert_eq!(timeline, Timeline::new(20, [(8, 16), (40, u64::MAX)]));
    }

    #[test]
    fn silence_comes_once() {
        let mut timeline = Timeline::new(5, [(0, 2)]);
        assert_eq!(timeline.n_played(10), 7);
        assert_eq!([timeline.take_silence(3), timeline.take_silence(3)], [3, 2]);
        assert_eq!(timeline.take_silence(3), 0);
        assert!(!timeline.is_over());
        timeline.cut(&mut vec![0.0; 4]);
        assert!(timeline.is_over());
    }
}
