//! Subtitles in some countries carry no punctuation.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::Label;
use crate::Transcript;
use crate::cues::Cue;
use crate::step_counter::step;
use crate::writing_system::is_cjk;

/// A transcript without punctuation in its segments and words.
pub(super) fn drop_from_transcript(transcript: &Transcript) -> Transcript {
    let mut transcript = transcript.clone();
    for segment in &mut transcript.segments {
        segment.text = bare(&segment.text);
        for word in &mut segment.words {
            word.text = bare(&word.text);
        }
        segment.words.retain(|word| !word.text.is_empty());
    }
    transcript.text = bare(&transcript.text);
    transcript
}

/// Removes punctuation from cues; a space takes its place between Chinese characters. The label of
/// the speaker before a text keeps its own. What had nothing else is gone.
pub(super) fn drop_from_cues(cues: &mut Vec<Cue>, label: Label) {
    for cue in cues.iter_mut() {
        let name = cue.speaker.as_deref();
        let name = name.map(|name| label.before(name)).unwrap_or_default();
        for line in &mut cue.lines {
            let mut stop = false;
            for word in line.iter_mut() {
                let named = word.text.split_at_checked(name.len());
                let text = match named {
                    Some((before, said)) if before == name => name.clone() + &bare(said),
                    _ => bare(&word.text),
                };
                word.space |= stop || !word.text.starts_with(|c| text.starts_with(c));
                stop = word.text.chars().next_back() != text.chars().next_back();
                word.text = text;
            }
            line.retain(|word| !word.text.is_empty());
        }
        cue.lines.retain(|line| !line.is_empty());
    }
    cues.retain(|cue| !cue.lines.is_empty());
}

/// A text without punctuation, a single space between what it separated.
fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut bare = String::new();
    for (at, &c) in chars.iter().enumerate() {
        step();
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1).copied();
        if !c.is_whitespace() && !is_dropped(before, c, after) {
            bare.push(c);
        } else if !bare.is_empty() && !bare.ends_with(' ') {
            bare.push(' ');
        }
    }
    bare.truncate(bare.trim_end().len());
    bare
}

/// Whether a character is punctuation that does not belong to a word or a number.
fn is_dropped(before: Option<char>, c: char, after: Option<char>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_cjk(c));
    let inside = letter(before)
        && letter(after)
        && matches!(c, '\'' | '’' | '-' | '‐' | '‑' | '.' | ',' | ':' | '·');
    let sign = c == '-' && !letter(before) && after.is_some_and(|c| c.is_ascii_digit());
    let symbol = matches!(c, '%' | '‰' | '％' | '&' | '@' | '#' | '/' | '\\' | '_');
    c.general_category_group() == GeneralCategoryGroup::Punctuation && !(inside || sign || symbol)
}
