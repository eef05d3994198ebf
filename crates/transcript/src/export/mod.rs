//! An export is a transcript in a format that other programs read.

pub mod ass;
mod convert;
mod csv;
mod docx;
pub mod json;
pub mod lrc;
mod markdown;
mod paragraph;
mod punctuation;
pub mod rttm;
pub mod srt;
pub mod txt;
pub mod vtt;

use std::borrow::Cow;

pub use convert::Script;

use crate::cues::{self, Cue, Rules};
use crate::step_counter::step;
use crate::writing_system::is_cjk;
use crate::{Segment, Timing, Transcript};

/// A file format a transcript can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The text, see [`txt::Layout`].
    Txt,
    /// Paragraphs with times under a heading.
    Markdown,
    /// The same for Word and other word processors.
    Docx,
    /// Everything, see [`json`].
    Json,
    /// A table with commas.
    Csv,
    /// A table with tabs.
    Tsv,
    /// SubRip subtitles.
    Srt,
    /// WebVTT subtitles.
    Vtt,
    /// Advanced SubStation subtitles.
    Ass,
    /// Lyrics.
    Lrc,
    /// Who speaks when, without the text.
    Rttm,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 11] = [
        Self::Txt,
        Self::Markdown,
        Self::Docx,
        Self::Json,
        Self::Csv,
        Self::Tsv,
        Self::Srt,
        Self::Vtt,
        Self::Ass,
        Self::Lrc,
        Self::Rttm,
    ];

    /// The ending of file names, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Txt => "txt",
            Self::Markdown => "md",
            Self::Docx => "docx",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Ass => "ass",
            Self::Lrc => "lrc",
            Self::Rttm => "rttm",
        }
    }

    /// The format of files with this ending, in any case; `None` when there is none.
    pub fn find(extension: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.extension().eq_ignore_ascii_case(extension))
    }

    /// Whether the format holds [cues](crate::cues).
    pub fn has_cues(self) -> bool {
        matches!(self, Self::Srt | Self::Vtt | Self::Ass | Self::Lrc)
    }
}

/// How a line ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnding {
    /// As everywhere but on Windows.
    #[default]
    Lf,
    /// As old programs on Windows want it.
    CrLf,
}

/// What becomes of punctuation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Punctuation {
    /// It stays.
    #[default]
    Keep,
    /// It goes, but for what belongs to a word or a number; see the formats it applies to at
    /// [`render`].
    Drop,
}

/// How subtitles show who speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpeakerLabels {
    /// By name: before the text where another speaker begins, or in the place that the format has
    /// for it.
    #[default]
    Name,
    /// By a dash before the text where another speaker begins.
    Dash,
    /// Not in the text. `WebVTT` and ASS still name the speaker in the place that they have for it.
    Off,
}

/// What can be chosen about a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The rules of subtitles; those of the transcript's language when `None`.
    pub rules: Option<Rules>,
    /// Whether a text file begins with a byte order mark, which some programs on Windows need to
    /// see that it is UTF-8. JSON never does.
    pub bom: bool,
    /// How lines end.
    pub line_ending: LineEnding,
    /// What becomes of punctuation.
    pub punctuation: Punctuation,
    /// The Chinese script to write in; `None` leaves it as it is.
    pub script: Option<Script>,
    /// Whether WebVTT, ASS and LRC mark when each word is spoken.
    pub word_times: bool,
    /// How subtitles show who speaks.
    pub speaker_labels: SpeakerLabels,
    /// The layout of plain text.
    pub text: txt::Layout,
    /// Whether Markdown and documents begin paragraphs without their times.
    pub without_times: bool,
}

/// A transcript in a format, as the content of a file; `audio_path` is named in it where the
/// format has a place for that.
///
/// Script conversion applies to every format, but not to what is in other languages than Chinese;
/// punctuation removal to every format but JSON.
/// Subtitles are cut by the punctuation of the transcript before it is removed.
pub fn render(
    format: Format,
    transcript: &Transcript,
    audio_path: &str,
    options: &Options,
) -> Vec<u8> {
    let mut transcript = Cow::Borrowed(transcript);
    if let Some(script) = options.script {
        transcript = Cow::Owned(convert::transcript(&transcript, script));
    }
    if options.punctuation == Punctuation::Drop && format != Format::Json && !format.has_cues() {
        transcript = Cow::Owned(punctuation::drop_from_transcript(&transcript));
    }
    let text = match format {
        Format::Txt => txt::render(&transcript, options.text),
        Format::Markdown => markdown::render(&transcript, audio_path, !options.without_times),
        Format::Docx => return docx::render(&transcript, audio_path, !options.without_times),
        Format::Json => json::render(&transcript, audio_path, json::Layout::Indented),
        Format::Csv => csv::render(&transcript, csv::Separator::Comma),
        Format::Tsv => csv::render(&transcript, csv::Separator::Tab),
        Format::Srt => srt::render(&cues(format, &transcript, options)),
        Format::Vtt => {
            let cues = cues(format, &transcript, options);
            vtt::render(&cues, &transcript, options.word_times)
        }
        Format::Ass => {
            let cues = cues(format, &transcript, options);
            ass::render(&cues, &transcript, audio_path, options)
        }
        Format::Lrc => {
            let cues = cues(format, &transcript, options);
            lrc::render(&cues, &transcript, audio_path, options)
        }
        Format::Rttm => rttm::render(audio_path, &rttm::turns(&transcript)),
    };
    encoded(&text, format, options)
}

/// Cues in a format that has them, as the content of a file. They are not cut by any rules, and
/// keep their lines; [otherwise](render) as a transcript. Formats without cues hold nothing.
///
/// `transcript` says for the whole what the file names in its head.
pub fn render_cues(
    format: Format,
    cues: &[Cue],
    transcript: &Transcript,
    audio_path: &str,
    options: &Options,
) -> Vec<u8> {
    let mut cues = cues.to_vec();
    let label = Label::of(format, options);
    label_cues(&mut cues, label);
    if let Some(script) = options.script {
        convert::cues(&mut cues, script);
    }
    if options.punctuation == Punctuation::Drop {
        punctuation::drop_from_cues(&mut cues, label);
    }
    let text = match format {
        Format::Srt => srt::render(&cues),
        Format::Vtt => vtt::render(&cues, transcript, options.word_times),
        Format::Ass => ass::render(&cues, transcript, audio_path, options),
        Format::Lrc => lrc::render(&cues, transcript, audio_path, options),
        _ => String::new(),
    };
    encoded(&text, format, options)
}

/// A text as the content of a file.
fn encoded(text: &str, format: Format, options: &Options) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 3);
    if options.bom && format != Format::Json {
        bytes.extend("\u{FEFF}".bytes());
    }
    match options.line_ending {
        LineEnding::Lf => bytes.extend(text.bytes()),
        LineEnding::CrLf => bytes.extend(text.replace('\n', "\r\n").bytes()),
    }
    bytes
}

/// Labels the first word of what a speaker says, as [`labelled`] does.
fn label_cues(cues: &mut [Cue], label: Label) {
    let mut before = None;
    for cue in cues {
        let word = cue.lines.iter_mut().flatten().next();
        if let (Some(name), Some(word)) = (&cue.speaker, word)
            && cue.speaker != before
        {
            word.text.insert_str(0, &label.before(name));
        }
        before.clone_from(&cue.speaker);
    }
}

/// The cues that a file of this format holds; none for formats without cues.
pub fn preview(format: Format, transcript: &Transcript, options: &Options) -> Vec<Cue> {
    if format.has_cues() {
        cues(format, transcript, options)
    } else {
        Vec::new()
    }
}

/// The cues of a transcript as they are written.
fn cues(format: Format, transcript: &Transcript, options: &Options) -> Vec<Cue> {
    let rules = options.rules.clone();
    let rules = rules.unwrap_or_else(|| Rules::for_language(&transcript.language));
    let label = Label::of(format, options);
    let mut cues = cues::make(&labelled(transcript, label), &rules);
    if options.punctuation == Punctuation::Drop {
        punctuation::drop_from_cues(&mut cues, label);
    }
    cues
}

/// What the reader of a file must know when its times were not all measured; `None` when they
/// were, or when they came from another file.
pub fn timing_note(transcript: &Transcript) -> Option<&'static str> {
    let any = |timing| {
        let mut segments = transcript.segments.iter();
        segments.any(|segment: &Segment| segment.timing == timing)
    };
    if any(Timing::Piece) {
        Some("the times are those of whole pieces of the recording, not of words or sentences")
    } else if any(Timing::Estimated) {
        Some("the times are estimated from where speech was heard, not measured word by word")
    } else {
        None
    }
}

/// What stands in the text of subtitles where a speaker begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Name,
    Dash,
    Nothing,
}

impl Label {
    /// Names stand in the text of formats that have no other place for them.
    fn of(format: Format, options: &Options) -> Self {
        match options.speaker_labels {
            SpeakerLabels::Name if matches!(format, Format::Srt | Format::Lrc) => Self::Name,
            SpeakerLabels::Dash => Self::Dash,
            SpeakerLabels::Name | SpeakerLabels::Off => Self::Nothing,
        }
    }

    /// What stands before the words of a speaker.
    fn before(self, name: &str) -> String {
        match self {
            Self::Name => name_before(name),
            Self::Dash => "- ".to_owned(),
            Self::Nothing => String::new(),
        }
    }
}

/// A transcript whose text is labelled where a speaker begins.
fn labelled(transcript: &Transcript, label: Label) -> Cow<'_, Transcript> {
    let mut segments = transcript.segments.iter();
    if label == Label::Nothing || segments.all(|segment| segment.speaker.is_none()) {
        return Cow::Borrowed(transcript);
    }
    let mut transcript = transcript.clone();
    let mut before = None;
    for segment in &mut transcript.segments {
        if let Some(name) = &segment.speaker
            && segment.speaker != before
        {
            let label = label.before(name);
            segment.text = format!("{label}{}", segment.text.trim_start());
            if let Some(word) = segment.words.first_mut() {
                word.text.insert_str(0, &label);
            }
        }
        before.clone_from(&segment.speaker);
    }
    Cow::Owned(transcript)
}

/// A speaker's name before what was said, with the colon of its script.
fn name_before(name: &str) -> String {
    let name = one_line(name);
    let colon = if name.ends_with(is_cjk) { "：" } else { ": " };
    name + colon
}

/// A segment's text on one line: line breaks and runs of white space become one space, so that no
/// text can end a cue.
fn one_line(text: &str) -> String {
    let parts = text.split_whitespace().inspect(|_| step());
    parts.collect::<Vec<_>>().join(" ")
}

/// The name of a recording, without its folders and its ending.
fn title(audio_path: &str) -> &str {
    let name = audio_path.rsplit(['/', '\\']).next().unwrap_or(audio_path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// Hours, minutes, seconds and milliseconds of a subtitle time, the fields at least two wide.
fn clock(time: crate::Ms, decimal_mark: char) -> String {
    let [h, m, s, ms] = time.clock();
    format!("{h:02}:{m:02}:{s:02}{decimal_mark}{ms:03}")
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
