//! WebVTT subtitles (`.vtt`): the format of the web's video players.
//!
//! Speakers are voice spans (`<v Anna>`); words may carry time stamps.
//!
//! Source: W3C WebVTT, sections 4.1 (file), 4.2 (cue text: `&`, `<` and `>` are escaped; time
//! stamps lie inside their cue and grow).

use std::fmt::Write as _;

use super::{clock, one_line, timing_note};
use crate::Transcript;
use crate::cues::Cue;

/// Cues as a file, with a `NOTE` when the times were not all measured.
pub fn render(cues: &[Cue], transcript: &Transcript, word_times: bool) -> String {
    let mut file = String::from("WEBVTT\n\n");
    if let Some(note) = timing_note(transcript) {
        write!(file, "NOTE {note}\n\n").expect("writing to a String cannot fail");
    }
    for cue in cues {
        let (start, end) = (clock(cue.start, '.'), clock(cue.end, '.'));
        writeln!(file, "{start} --> {end}").expect("writing to a String cannot fail");
        if let Some(name) = &cue.speaker {
            let name = escape(&one_line(name));
            write!(file, "<v {name}>").expect("writing to a String cannot fail");
        }
        let mut stamp = cue.start;
        for line in &cue.lines {
            for (n, word) in line.iter().enumerate() {
                if word.space && n > 0 {
                    file.push(' ');
                }
                if word_times && cue.words_are_timed && word.start > stamp && word.start < cue.end {
                    stamp = word.start;
                    write!(file, "<{}>", clock(stamp, '.'))
                        .expect("writing to a String cannot fail");
                }
                file.push_str(&escape(&word.text));
            }
            file.push('\n');
        }
        file.push('\n');
    }
    file
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
