//! A draft is the text of an utterance while it grows: its beginning is committed and stays, its
//! end is tentative and may change with the next look.
//!
//! A token is committed when every look has agreed on it, and on all before it, while
//! [`STABLE_S`] seconds of speech went by; text is committed in whole words.

use std::collections::HashSet;

use earmark_audio::SAMPLE_RATE;
use earmark_engine::{Recognition, Token};
use earmark_transcript::words;

/// How much speech must follow the first look with a token before the token is committed.
/// Units: seconds.
pub(super) const STABLE_S: f64 = 1.6;

/// The same in samples.
const STABLE: usize = (STABLE_S * SAMPLE_RATE as f64) as usize;

/// What an utterance says so far.
#[derive(Default)]
pub(super) struct Hypothesis {
    recognition: Recognition,
    /// How long the clip was when each token first stood where it stands. Units: samples.
    since: Vec<usize>,
    /// Tokens that stay.
    n_committed: usize,
    /// Bytes of the text that stay.
    n_bytes: usize,
}

impl Hypothesis {
    /// The tokens that stay.
    pub(super) fn kept(&self) -> &[Token] {
        &self.recognition.tokens[..self.n_committed]
    }

    /// The text that stays.
    pub(super) fn committed(&self) -> &str {
        &self.recognition.text[..self.n_bytes]
    }

    /// The text that may change; a character of which only a part is there is left out.
    pub(super) fn tentative(&self) -> &str {
        let rest = &self.recognition.text[self.n_bytes..];
        rest.trim_end_matches(char::REPLACEMENT_CHARACTER)
    }

    /// The recognition of the last look.
    pub(super) fn recognition(&self) -> &Recognition {
        &self.recognition
    }

    /// Takes in a look at a clip of `n_samples`. Nothing is committed that was not yet recognised when
    /// the clip had `n_room` samples.
    ///
    /// A model that falls into a loop may take back what it said before; then what is committed
    /// stands for the whole.
    pub(super) fn update(&mut self, recognition: Recognition, n_samples: usize, n_room: usize) {
        let pairs = self.recognition.tokens.iter().zip(&recognition.tokens);
        let n_same = pairs.take_while(|(old, new)| old.id == new.id).count();
        if n_same < self.n_committed || !recognition.text.starts_with(self.committed()) {
            self.recognition.tokens.truncate(self.n_committed);
            self.recognition.text.truncate(self.n_bytes);
            self.recognition.looped = true;
            self.since.truncate(self.n_committed);
            return;
        }
        self.since.truncate(n_same);
        self.since.resize(recognition.tokens.len(), n_samples);
        self.recognition = recognition;
        let is_stable = |since: &usize| since + STABLE <= n_samples && *since <= n_room;
        self.commit(self.since.partition_point(is_stable));
    }

    /// Commits the whole words in the first `n` tokens; never the last token, since nothing shows
    /// yet that a word ends there.
    fn commit(&mut self, n: usize) {
        let tokens = &self.recognition.tokens;
        let n = n.min(tokens.len().saturating_sub(1));
        let ends: HashSet<usize> = words::split(&self.recognition.text)
            .into_iter()
            .map(|word| word.end)
            .collect();
        let ends_a_word = |&i: &usize| {
            let before = i.checked_sub(1).map_or(0, |before| tokens[before].end);
            tokens[i].end > before && ends.contains(&tokens[i].end)
        };
        if let Some(last) = (self.n_committed..n).rev().find(ends_a_word) {
            self.n_committed = last + 1;
            self.n_bytes = tokens[last].end;
        }
    }

    /// Commits everything: the utterance is over.
    pub(super) fn close(&mut self) {
        self.n_bytes = self.recognition.text.len();
    }
}

#[cfg(test)]
mod tests {
    use earmark_engine::{Recognition, Token};

    use super::{Hypothesis, STABLE};

    /// A look that recognised these tokens.
    fn look(tokens: &[&str]) -> Recognition {
        let mut end = 0;
        let token = |text: &&str| {
            end += text.len();
            Token {
                id: text
                    .bytes()
                    .fold(7, |id, b| id * 31 % 1_000_003 + u32::from(b)),
                probability: 1.0,
                end,
            }
        };
        Recognition {
            tokens: tokens.iter().map(token).collect(),
            text: tokens.concat(),
            ..Recognition::default()
        }
    }

    #[track_caller]
    fn check(draft: &mut Hypothesis, tokens: &[&str], n: usize, committed: &str, tentative: &str) {
        draft.update(look(tokens), n * STABLE, 10 * STABLE);
        assert_eq!(
            (draft.committed(), draft.tentative()),
            (committed, tentative)
        );
    }

    #[test]
    fn words_that_stay_are_committed() {
        let mut draft = Hypothesis::default();
        check(&mut draft, &["We", " meet", ""], 1, "", "We meet");
        check(&mut draft, &["We", " meet", "ing", ""], 2, "We", " meeting");
        check(&mut draft, &["We", " meet", " at", ""], 3, "We meet", " at");
        check(&mut draft, &["We", " meet", " at", ""], 4, "We meet at", "");
        assert_eq!(draft.kept().len(), 3);
    }

    #[test]
    fn what_changes_waits_again() {
        let mut draft = Hypothesis::default();
        check(&mut draft, &["He", " sells", ""], 1, "", "He sells");
        check(&mut draft, &["She", " sells", ""], 2, "", "She sells");
        check(&mut draft, &["She", " sells", ""], 3, "She sells", "");
    }

    #[test]
    fn a_loop_does_not_take_back_what_is_committed() {
        let mut draft = Hypothesis::default();
        check(&mut draft, &["ha", " ha", " ha", ""], 1, "", "ha ha ha");
        check(&mut draft, &["ha", " ha", " ha", ""], 2, "ha ha ha", "");
        check(&mut draft, &["ha"], 3, "ha ha ha", "");
        assert!(draft.recognition().looped);
        check(
            &mut draft,
            &["ha", " ha", " ha", " so", ""],
            4,
            "ha ha ha",
            " so",
        );
    }

    #[test]
    fn the_end_of_a_long_clip_is_left_open() {
        let mut draft = Hypothesis::default();
        for n in [9, 10, 11] {
            draft.update(look(&["We", ""]), n * STABLE, 9 * STABLE - 1);
        }
        assert_eq!(draft.committed(), "");
    }

    #[test]
    fn half_a_character_is_not_shown() {
        let mut draft = Hypothesis::default();
        check(&mut draft, &["ja \u{fffd}"], 1, "", "ja ");
    }
}
