//! Rich Transcription Time Marked (`.rttm`): a line for each turn of a speaker, which is what
//! programs that score speaker turns read.
//!
//! Names have no blanks in this format, so those of the recording and of the speakers become `_`;
//! [`names`] says which became what.

use std::fmt::Write as _;

use super::title;
use crate::speakers::Turn;
use crate::{Ms, Transcript};

/// Turns as a file.
pub fn render(audio_path: &str, turns: &[Turn]) -> String {
    let file = without_blanks(title(audio_path));
    let names = names(turns);
    let mut text = String::new();
    for turn in turns {
        let known = names.iter().find(|(name, _)| *name == turn.speaker);
        let speaker = known.map_or("_", |(_, written)| written);
        let (start, length) = (seconds(turn.start), seconds(turn.end - turn.start));
        writeln!(
            text,
            "SPEAKER {file} 1 {start} {length} <NA> <NA> {speaker} <NA> <NA>"
        )
        .expect("writing to a String cannot fail");
    }
    text
}

/// The speakers of turns, in their order, and their names in the file, where each is another.
pub fn names(turns: &[Turn]) -> Vec<(&str, String)> {
    let mut names: Vec<(&str, String)> = Vec::new();
    for turn in turns {
        let speaker = turn.speaker.as_str();
        if names.iter().any(|(known, _)| *known == speaker) {
            continue;
        }
        let written = without_blanks(speaker);
        let is_free = |name: &String| names.iter().all(|(_, taken)| taken != name);
        let numbered = (2..).map(|n| format!("{written}_{n}"));
        let mut written = std::iter::once(written.clone()).chain(numbered);
        names.extend(written.find(is_free).map(|written| (speaker, written)));
    }
    names
}

/// The turns of a transcript: segments of one speaker that follow each other without a pause.
pub fn turns(transcript: &Transcript) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for segment in &transcript.segments {
        let Some(speaker) = &segment.speaker else {
            continue;
        };
        match turns.last_mut() {
            Some(turn) if turn.speaker == *speaker && segment.start - turn.end < PAUSE => {
                turn.end = turn.end.max(segment.end);
            }
            _ => turns.push(Turn {
                speaker: speaker.clone(),
                start: segment.start,
                end: segment.end,
            }),
        }
    }
    turns
}

/// A pause from which on a speaker begins another turn.
///
/// Chosen, not measured: the pauses in turns that were found from sound are shorter, too.
const PAUSE: Ms = Ms(250);

fn without_blanks(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join("_");
    if name.is_empty() { "_".into() } else { name }
}

fn seconds(time: Ms) -> String {
    format!("{}.{:03}", time.0 / 1_000, time.0 % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::fixture::spoken;

    fn turn(speaker: &str, start: u32, end: u32) -> Turn {
        Turn {
            speaker: speaker.into(),
            start: Ms(start),
            end: Ms(end),
        }
    }

    #[test]
    fn a_turn_is_a_line_without_blanks_in_names() {
        let turns = [
            turn("Speaker 1", 70, 1_500),
            turn(" Ann  Lee ", 1_200, 61_205),
        ];
        assert_eq!(
            render("/home/a b/my talk.mp3", &turns),
            "SPEAKER my_talk 1 0.070 1.430 <NA> <NA> Speaker_1 <NA> <NA>\n\
             SPEAKER my_talk 1 1.200 60.005 <NA> <NA> Ann_Lee <NA> <NA>\n"
        );
        assert_eq!(render("a.wav", &[turn("", 0, 1)]).matches(" _ ").count(), 1);
    }

    #[test]
    fn every_speaker_has_a_name_of_its_own() {
        let turns = ["Ann Lee", "Ann_Lee", "Bo", "Ann Lee", "Ann  Lee"].map(|it| turn(it, 0, 1));
        let written: Vec<String> = names(&turns).into_iter().map(|it| it.1).collect();
        assert_eq!(written, ["Ann_Lee", "Ann_Lee_2", "Bo", "Ann_Lee_3"]);
    }

    #[test]
    fn segments_of_a_speaker_are_one_turn_until_a_pause() {
        let of = |speaker: Option<&str>, start: u32| crate::Segment {
            speaker: speaker.map(str::to_owned),
            ..spoken("one two", start)
        };
        let segments = vec![
            of(Some("A"), 0),
            of(Some("A"), 900),
            of(Some("A"), 1_900),
            of(None, 2_700),
            of(Some("B"), 3_500),
        ];
        let transcript = Transcript::assemble(Ms(9_000), segments, Vec::new());
        let expected = [
            turn("A", 0, 1_600),
            turn("A", 1_900, 2_600),
            turn("B", 3_500, 4_200),
        ];
        assert_eq!(turns(&transcript), expected);
    }
}
