//! How many speakers to tell apart.

use earmark_jobs::{MOST_SPEAKERS, SpeakerCount};

/// Parses a number of speakers: `auto`, a number, or the least and the most.
pub(crate) fn speaker_count(text: &str) -> Result<SpeakerCount, String> {
    if text.trim().eq_ignore_ascii_case("auto") {
        return Ok(SpeakerCount::auto());
    }
    let (least, most) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let count = number(least).zip(number(most));
    count
        .and_then(|(least, most)| SpeakerCount::new(least..=most))
        .ok_or_else(|| {
            format!(
                "choose `auto`, a number from 1 to {MOST_SPEAKERS}, or the least and the most, such \
                 as `2-4`"
            )
        })
}

/// How many people to tell apart; `None` tells nobody apart.
#[derive(Clone)]
pub(crate) struct SpeakerChoice(pub(crate) Option<SpeakerCount>);

/// Parses the same, or `off`.
pub(crate) fn speaker_choice(text: &str) -> Result<SpeakerChoice, String> {
    if text.trim().eq_ignore_ascii_case("off") {
        return Ok(SpeakerChoice(None));
    }
    let count = speaker_count(text).map_err(|error| error.replace("`auto`", "`off`, `auto`"))?;
    Ok(SpeakerChoice(Some(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_speakers_is_a_word_a_number_or_two() {
        let check = |text: &str, range: std::ops::RangeInclusive<usize>| {
            let expected = SpeakerCount::new(range);
            assert_eq!(speaker_count(text).ok(), expected, "{text}");
            assert_eq!(speaker_choice(text).ok().map(|it| it.0), Some(expected));
        };
        check("auto", 1..=20);
        check("3", 3..=3);
        check("2-4", 2..=4);
        check(" 2 - 4 ", 2..=4);
        for text in ["", "0", "21", "4-2", "-3", "2-", "many", "0-3"] {
            assert!(speaker_count(text).is_err(), "{text}");
            let error = speaker_choice(text).err().unwrap();
            assert!(error.contains("`off`, `auto`, a number from 1 to 20"));
        }
        assert!(speaker_choice("OFF").is_ok_and(|it| it.0.is_none()));
        assert!(speaker_count("off").is_err());
    }
}
