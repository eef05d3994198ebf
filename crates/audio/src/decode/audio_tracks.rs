//! The audio tracks of a file with several, and which of them is read.

use std::fmt;

use earmark_transcript::Language;
use serde::{Deserialize, Serialize};

/// Longest title that is told whole.
///
/// Units: characters.
const N_TITLE: usize = 60;

/// An audio track as its container describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AudioTrack {
    /// The container's own number.
    pub(super) id: u32,
    /// Whether the container marks it as the one to be played.
    pub(super) is_default: bool,
    /// A code, as in the file.
    pub(super) language: Option<String>,
    pub(super) title: Option<String>,
}

/// The audio tracks of a file, in its order. People count them from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AudioTracks(pub(super) Vec<AudioTrack>);

impl AudioTracks {
    /// The number of the track to read: the one that is wanted, else the first that is marked as
    /// the default, else the first. `None` if there is none of this number, or none at all.
    pub(super) fn choose(&self, wanted: Option<u32>) -> Option<u32> {
        let n_tracks = self.0.len() as u32;
        let default = || self.0.iter().position(|track| track.is_default);
        let number = wanted.unwrap_or_else(|| default().map_or(1, |at| at as u32 + 1));
        (1..=n_tracks).contains(&number).then_some(number)
    }

    /// The track of this number.
    pub(super) fn get(&self, number: u32) -> Option<&AudioTrack> {
        self.0.get((number as usize).checked_sub(1)?)
    }

    /// What a person should know who did not choose; `None` if there was nothing to choose.
    pub(super) fn remark(&self, number: u32) -> Option<String> {
        if self.0.len() < 2 {
            return None;
        }
        let is_default = self.get(number).is_some_and(|track| track.is_default);
        let why = if is_default { ", the default," } else { "" };
        Some(format!(
            "it has {} audio tracks: {self}; track {number}{why} was read; the option `--track` of \
             the command chooses another",
            self.0.len()
        ))
    }
}

impl fmt::Display for AudioTracks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, track) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{}", at + 1)?;
            let language = track.language.as_deref().and_then(language_name);
            let title = track
                .title
                .as_deref()
                .map(shortened)
                .filter(|it| !it.is_empty());
            let parts: Vec<String> = language.into_iter().chain(title).collect();
            if !parts.is_empty() {
                write!(f, " ({})", parts.join(", "))?;
            }
        }
        Ok(())
    }
}

/// The English name of a language, or its code if it is none that we know. `None` for the codes that
/// say nothing.
fn language_name(tag: &str) -> Option<String> {
    let tag = tag.trim();
    if tag.is_empty() || ["und", "mul", "mis", "zxx"].contains(&tag) {
        return None;
    }
    let language = Language::of_tag(tag);
    Some(language.map_or_else(|| shortened(tag), |it| it.name().to_owned()))
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    let mut short: String = text.chars().take(N_TITLE).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{AudioTrack, AudioTracks};

    fn tracks(described: &[(bool, &str, &str)]) -> AudioTracks {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let track = |(id, it): (usize, &(bool, &str, &str))| AudioTrack {
            id: id as u32,
            is_default: it.0,
            language: some(it.1),
            title: some(it.2),
        };
        AudioTracks(described.iter().enumerate().map(track).collect())
    }

    #[test]
    fn the_default_track_is_read_unless_another_is_wanted() {
        let check = |flags: &[bool], wanted: Option<u32>, expected: Option<u32>| {
            let described: Vec<_> = flags.iter().map(|flag| (*flag, "", "")).collect();
            assert_eq!(tracks(&described).choose(wanted), expected);
        };
        check(&[false, true, true], None, Some(2));
        check(&[false, false], None, Some(1));
        check(&[true, false], Some(2), Some(2));
        check(&[true, false], Some(3), None);
        check(&[true], Some(0), None);
        check(&[], None, None);
    }

    #[test]
    fn tracks_are_told_with_language_and_title() {
        let two = tracks(&[(false, "chi", ""), (true, "eng", "Commentary")]);
        assert_eq!(
            two.remark(2).unwrap(),
            "it has 2 audio tracks: 1 (Chinese), 2 (English, Commentary); track 2, the default, was \
             read; the option `--track` of the command chooses another"
        );
        assert_eq!(tracks(&[(true, "eng", "")]).remark(1), None);
        let odd = tracks(&[
            (false, "und", " "),
            (false, "tlh", &"a".repeat(100)),
            (false, "de-AT", ""),
        ]);
        let told = odd.to_string();
        assert!(told.starts_with("1, 2 (tlh, aaa"), "{told}");
        assert!(told.ends_with("a…), 3 (German)"), "{told}");
        assert!(odd.remark(1).unwrap().contains("; track 1 was read"));
    }
}
