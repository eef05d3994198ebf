//! Lyrics (`.lrc`): a line of text after the moment it is sung, with the words' moments if wanted.
//!
//! Times are hundredths of a second and minutes go beyond 59. A line lasts until the next one.
//! Speakers are named in the text.

use std::fmt::Write as _;

use super::{Options, one_line, timing_note, title};
use crate::cues::{self, Cue, Spoken};
use crate::{Ms, Transcript};

/// Cues as a file.
pub fn render(
    cues: &[Cue],
    transcript: &Transcript,
    audio_path: &str,
    options: &Options,
) -> String {
    let [h, m, s, _] = transcript.duration.clock();
    let mut file = format!(
        "[ti:{}]\n[length:{:02}:{:02}]\n",
        bracketless(title(audio_path)),
        60 * h + m,
        s
    );
    if let Some(note) = timing_note(transcript) {
        writeln!(file, "[#:{note}]").expect("writing to a String cannot fail");
    }
    for cue in cues {
        let words: Vec<Spoken> = cue.words().cloned().collect();
        write!(file, "[{}]", clock(cue.start)).expect("writing to a String cannot fail");
        if options.word_times && cue.words_are_timed {
            for (n, word) in words.iter().enumerate() {
                let space = if word.space && n > 0 { " " } else { "" };
                write!(file, "{space}<{}>{}", clock(word.start), word.text)
                    .expect("writing to a String cannot fail");
            }
            let end = words.last().map_or(cue.end, |word| word.end);
            writeln!(file, "<{}>", clock(end)).expect("writing to a String cannot fail");
        } else {
            file.push_str(&cues::text(&words));
            file.push('\n');
        }
    }
    file
}

/// A title that cannot end its tag.
fn bracketless(text: &str) -> String {
    one_line(text).replace(['[', ']'], "")
}

fn clock(time: Ms) -> String {
    let cs = time.hundredths();
    format!("{:02}:{:02}.{:02}", cs / 6000, cs / 100 % 60, cs % 100)
}
