//! Advanced SubStation subtitles (`.ass`): styled, with karaoke.
//!
//! Times are hundredths of a second. Speakers are the name field of a line, and each has a style, so
//! that its look can be changed at once. Words are marked by `{\k}` with their length, silence by one
//! without text.
//!
//! Source: the format as libass reads it (`ass_parse.c`); `\{` and `\}` are braces there, and a
//! word joiner keeps a backslash from becoming a command.

use std::fmt::Write as _;

use super::{Options, one_line, timing_note, title};
use crate::cues::Cue;
use crate::{Ms, Transcript};

/// What comes before the styles of speakers, but for title and comments: a picture of 1920 by 1080,
/// and two styles, of which karaoke turns from grey to white.
const STYLES: &str = "\
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080
WrapStyle: 2
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,60,&H00FFFFFF,&H00FFFFFF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,\
80,80,60,1
Style: Karaoke,Arial,60,&H00FFFFFF,&H00A0A0A0,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,\
80,80,60,1
";

const EVENTS: &str = "
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
";

/// Colours of speakers, as blue, green and red: white, yellow, cyan and green, which television uses
/// for speakers, and four more. A ninth speaker is white again.
const COLOURS: [&str; 8] = [
    "FFFFFF", "00FFFF", "FFFF00", "80FF80", "C0A0FF", "60B0FF", "FFB0B0", "C0FFE0",
];

/// The speakers of cues in the order of their first one, each with its style.
struct Styles<'a>(Vec<(&'a str, String)>);

impl<'a> Styles<'a> {
    fn new(cues: &'a [Cue]) -> Self {
        let mut styles: Vec<(&str, String)> = Vec::new();
        for speaker in cues.iter().filter_map(|cue| cue.speaker.as_deref()) {
            if styles.iter().any(|(known, _)| *known == speaker) {
                continue;
            }
            let name = without_commas(speaker);
            let is_taken = |name: &str| {
                ["", "Default", "Karaoke"].contains(&name)
                    || styles.iter().any(|(_, style)| style == name)
            };
            let numbered = (2..).map(|n| format!("{name} {n}").trim().to_owned());
            let mut names = std::iter::once(name.clone()).chain(numbered);
            let style = names.find(|name| !is_taken(name)).unwrap_or(name);
            styles.push((speaker, style));
        }
        Self(styles)
    }

    /// Their lines. What is not sung yet is grey, as in karaoke.
    fn lines(&self) -> String {
        let colours = COLOURS.iter().cycle();
        let styles = self.0.iter().zip(colours);
        let line = |((_, style), colour): (&(&str, String), &&str)| {
            format!(
                "Style: {style},Arial,60,&H00{colour},&H00A0A0A0,&H00000000,&H80000000,0,0,0,0,100,\
                 100,0,0,1,3,1,2,80,80,60,1\n"
            )
        };
        styles.map(line).collect()
    }

    fn of(&self, speaker: &str) -> Option<&str> {
        let mut styles = self.0.iter();
        let (_, style) = styles.find(|(known, _)| *known == speaker)?;
        Some(style)
    }
}

/// A name as a field of a line.
fn without_commas(name: &str) -> String {
    one_line(name).replace(',', "")
}

/// Cues as a file, with a comment when the times were not all measured.
pub fn render(
    cues: &[Cue],
    transcript: &Transcript,
    audio_path: &str,
    options: &Options,
) -> String {
    let mut file = String::from("[Script Info]\n");
    if let Some(note) = timing_note(transcript) {
        writeln!(file, "; {note}").expect("writing to a String cannot fail");
    }
    writeln!(file, "Title: {}", one_line(title(audio_path)))
        .expect("writing to a String cannot fail");
    file.push_str(STYLES);
    let styles = Styles::new(cues);
    file.push_str(&styles.lines());
    file.push_str(EVENTS);
    for cue in cues {
        let karaoke = options.word_times && cue.words_are_timed;
        let (start, end) = (clock(cue.start), clock(cue.end));
        let speaker = cue.speaker.as_deref();
        let of_all = if karaoke { "Karaoke" } else { "Default" };
        let style = speaker.and_then(|it| styles.of(it)).unwrap_or(of_all);
        let name = speaker.map(without_commas).unwrap_or_default();
        let text = if karaoke { sung(cue) } else { plain(cue) };
        writeln!(
            file,
            "Dialogue: 0,{start},{end},{style},{name},0,0,0,,{text}"
        )
        .expect("writing to a String cannot fail");
    }
    file
}

/// The text of a cue.
fn plain(cue: &Cue) -> String {
    let lines: Vec<String> = cue.texts().map(|line| escape(&line)).collect();
    lines.join("\\N")
}

/// The text of a cue with the length of every word and every silence.
fn sung(cue: &Cue) -> String {
    let mut text = String::new();
    let mut clock = cue.start.hundredths();
    let mut sing = |text: &mut String, until: u32| {
        if until > clock {
            write!(text, "{{\\k{}}}", until - clock).expect("writing to a String cannot fail");
        }
        clock = clock.max(until);
    };
    for (n, line) in cue.lines.iter().enumerate() {
        if n > 0 {
            text.push_str("\\N");
        }
        for (n, word) in line.iter().enumerate() {
            if word.space && n > 0 {
                text.push(' ');
            }
            sing(&mut text, word.start.hundredths());
            sing(&mut text, word.end.hundredths());
            text.push_str(&escape(&word.text));
        }
    }
    text
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\u{2060}")
        .replace('{', "\\{")
        .replace('}', "\\}")
}

fn clock(time: Ms) -> String {
    let cs = time.hundredths();
    let (cs, s, m, h) = (cs % 100, cs / 100 % 60, cs / 6000 % 60, cs / 360_000);
    format!("{h}:{m:02}:{s:02}.{cs:02}")
}
