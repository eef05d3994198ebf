//! Rich Transcription Time Marked (`.rttm`): a line for each turn of a speaker, which is what
//! programs that score speaker turns read.

use std::fmt::Write as _;

use super::title;
use crate::Ms;

/// Turns as a file: start, end and speaker of each. Names have no blanks in this format, so those
/// of the recording and of the speakers become `_`.
pub fn render(
    audio_path: &str,
    turns: impl IntoIterator<Item = (Ms, Ms, impl AsRef<str>)>,
) -> String {
    let file = without_blanks(title(audio_path));
    let mut text = String::new();
    for (start, end, speaker) in turns {
        let speaker = without_blanks(speaker.as_ref());
        let (start, length) = (seconds(start), seconds(end - start));
        writeln!(
            text,
            "SPEAKER {file} 1 {start} {length} <NA> <NA> {speaker} <NA> <NA>"
        )
        .expect("writing to a String cannot fail");
    }
    text
}

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

    #[test]
    fn a_turn_is_a_line_without_blanks_in_names() {
        let turns = [
            (Ms(70), Ms(1_500), "Speaker 1"),
            (Ms(1_200), Ms(61_205), " Ann  Lee "),
        ];
        assert_eq!(
            render("/home/a b/my talk.mp3", turns),
            "SPEAKER my_talk 1 0.070 1.430 <NA> <NA> Speaker_1 <NA> <NA>\n\
             SPEAKER my_talk 1 1.200 60.005 <NA> <NA> Ann_Lee <NA> <NA>\n"
        );
        assert_eq!(
            render("a.wav", [(Ms(0), Ms(1), "")]).matches(" _ ").count(),
            1
        );
    }
}
