//! Exports as the contract describes them: what they hold, what they are called, where they go.

use std::path::{Path, PathBuf};

use earmark_files::{Access, fitting_name};
use earmark_store::Entry;
use earmark_transcript::cues::{self, Fault, Rules};
use earmark_transcript::export::{self, LineEnding, Options, Punctuation, txt};
use earmark_transcript::{Timing, Transcript};
use jiff::tz::TimeZone;

use crate::api::{
    Code, Cue, CueProblem, CueRules, ExportOptions, Failure, Format, Preset, Preview, Script,
};

/// Cues of a preview, at most.
const N_CUES: usize = 100;

/// Characters of a preview, at most.
const N_CHARACTERS: usize = 20_000;

/// Characters of a file's name without its ending, at most.
const LONGEST_NAME: usize = 120;

impl Default for ExportOptions {
    fn default() -> Self {
        Self {
            format: Format::Srt,
            preset: Preset::Usual,
            cues: (&Rules::broadcast()).into(),
            with_speakers: false,
            with_times: false,
            with_word_times: false,
            without_punctuation: false,
            script: None,
            with_bom: false,
            with_crlf: false,
            name_template: "{title}".to_owned(),
        }
    }
}

/// An entry that is to be exported.
pub(crate) struct Sheet {
    pub(crate) entry: Entry,
    pub(crate) transcript: Transcript,
}

/// Where an export goes.
pub(crate) enum Place {
    /// A file that a person chose; it may be there already.
    Chosen(PathBuf),
    /// A name of our own making; nothing that is there is written over.
    Free(PathBuf),
}

impl Sheet {
    /// The name of the file.
    pub(crate) fn file_name(&self, options: &ExportOptions) -> String {
        let created = self.entry.asked.created.to_zoned(TimeZone::system());
        let named = options
            .name_template
            .replace("{title}", &self.entry.asked.name)
            .replace("{date}", &created.date().to_string())
            .replace("{language}", &self.entry.languages.join(", "));
        // Characters have up to four bytes.
        let end = format!(".{}", ending(options));
        let name = fitting_name(sanitised(&named).as_ref(), &end);
        name.to_string_lossy().into_owned()
    }

    /// Beside the recording.
    pub(crate) fn beside(&self, options: &ExportOptions) -> Place {
        let source = &self.entry.asked.source;
        self.within(source.parent().unwrap_or(Path::new("")), options)
    }

    /// In a folder.
    pub(crate) fn within(&self, folder: &Path, options: &ExportOptions) -> Place {
        Place::Free(folder.join(self.file_name(options)))
    }

    /// The transcript as these options want it.
    fn said(&self, options: &ExportOptions) -> Transcript {
        let mut transcript = self.transcript.clone();
        let has_column = matches!(options.format, Format::Json | Format::Csv | Format::Tsv);
        if !options.with_speakers && !has_column {
            for segment in &mut transcript.segments {
                segment.speaker = None;
            }
        }
        transcript
    }
}

/// A name that every file system takes.
fn sanitised(name: &str) -> String {
    let is_bad = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let name: String = name
        .chars()
        .map(|c| if is_bad(c) { '_' } else { c })
        .collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let name: String = name.chars().take(LONGEST_NAME).collect();
    if name.is_empty() {
        "transcript".to_owned()
    } else {
        name
    }
}

/// The content of the file.
pub(crate) fn render(sheet: &Sheet, options: &ExportOptions) -> Vec<u8> {
    let file = sheet.entry.asked.source.file_name().unwrap_or_default();
    export::render(
        format(options.format),
        &sheet.said(options),
        &file.to_string_lossy(),
        &details(sheet, options),
    )
}

/// The same for the clipboard, which holds text and nothing else: a document becomes plain text.
pub(crate) fn text(sheet: &Sheet, options: &ExportOptions) -> String {
    let options = ExportOptions {
        format: match options.format {
            Format::Docx => Format::Txt,
            format => format,
        },
        with_bom: false,
        with_crlf: false,
        ..options.clone()
    };
    String::from_utf8_lossy(&render(sheet, &options)).into_owned()
}

/// What an export would be.
pub(crate) fn preview(sheet: &Sheet, options: &ExportOptions, from: usize) -> Preview {
    let name = sheet.file_name(options);
    let name_beside = sheet.beside(options).name();
    let format = format(options.format);
    let rules = rules(sheet, options);
    if !format.has_cues() {
        return Preview {
            name,
            name_beside,
            n_cues: 0,
            n_problems: 0,
            rules: (&rules).into(),
            cues: Vec::new(),
            text: text(sheet, options).chars().take(N_CHARACTERS).collect(),
        };
    }
    let made = export::preview(format, &sheet.said(options), &details(sheet, options));
    let mut problems: Vec<Vec<CueProblem>> = vec![Vec::new(); made.len()];
    for violation in cues::check(&made, &rules) {
        problems[violation.number - 1].extend(problem(violation.fault));
    }
    for (cue, problems) in made.iter().zip(&mut problems) {
        if cue.timing != Timing::Aligned {
            problems.push(CueProblem::Estimated);
        }
        problems.sort_unstable();
        problems.dedup();
    }
    let n_problems = problems
        .iter()
        .filter(|problems| !problems.is_empty())
        .count();
    let n_cues = made.len();
    let cues = made.iter().zip(problems).skip(from).take(N_CUES);
    let cues = cues.map(|(cue, problems)| Cue {
        start_ms: cue.start.0,
        end_ms: cue.end.0,
        lines: cue.texts().collect(),
        problems,
    });
    Preview {
        name,
        name_beside,
        n_cues,
        n_problems,
        rules: (&rules).into(),
        cues: cues.collect(),
        text: String::new(),
    }
}

/// What a reader would mind about a broken rule, if anything.
fn problem(fault: Fault) -> Option<CueProblem> {
    match fault {
        Fault::Fast(_) => Some(CueProblem::TooFast),
        Fault::Long(_) => Some(CueProblem::TooLong),
        Fault::Wide(_) | Fault::Tall(_) => Some(CueProblem::TooWide),
        Fault::Short(_) | Fault::Close(_) | Fault::Overlap(_) => None,
    }
}

/// How the names of such files end.
pub(crate) fn ending(options: &ExportOptions) -> &'static str {
    format(options.format).extension()
}

fn format(format: Format) -> export::Format {
    match format {
        Format::Txt => export::Format::Txt,
        Format::Md => export::Format::Markdown,
        Format::Docx => export::Format::Docx,
        Format::Srt => export::Format::Srt,
        Format::Vtt => export::Format::Vtt,
        Format::Ass => export::Format::Ass,
        Format::Lrc => export::Format::Lrc,
        Format::Json => export::Format::Json,
        Format::Csv => export::Format::Csv,
        Format::Tsv => export::Format::Tsv,
    }
}

fn details(sheet: &Sheet, options: &ExportOptions) -> Options {
    Options {
        rules: Some(rules(sheet, options)),
        bom: options.with_bom,
        line_ending: if options.with_crlf {
            LineEnding::CrLf
        } else {
            LineEnding::Lf
        },
        punctuation: if options.without_punctuation {
            Punctuation::Drop
        } else {
            Punctuation::Keep
        },
        script: options.script.map(|script| match script {
            Script::Simplified => export::Script::Simplified,
            Script::Traditional => export::Script::Traditional,
        }),
        word_times: options.with_word_times,
        speaker_labels: export::SpeakerLabels::Name,
        text: if options.with_times {
            txt::Layout::Times
        } else {
            txt::Layout::Paragraphs
        },
        without_times: !options.with_times,
    }
}

/// The rules of subtitles that these options stand for.
fn rules(sheet: &Sheet, options: &ExportOptions) -> Rules {
    let own = &options.cues;
    match options.preset {
        Preset::Usual => Rules::for_language(&sheet.transcript.language),
        Preset::Broadcast => Rules::broadcast(),
        Preset::Social => Rules::social(),
        Preset::Chinese => Rules::chinese(),
        Preset::Own => Rules {
            max_columns: own.max_columns.max(1),
            max_lines: own.max_lines.max(1),
            columns_per_second: own.max_columns_per_s.max(1.0),
            min_ms: own.min_ms,
            max_ms: own.max_ms.max(own.min_ms),
            gap_ms: own.gap_ms,
            ..Rules::broadcast()
        },
    }
}

impl From<&Rules> for CueRules {
    fn from(rules: &Rules) -> Self {
        Self {
            max_columns: rules.max_columns,
            max_lines: rules.max_lines,
            min_ms: rules.min_ms,
            max_ms: rules.max_ms,
            gap_ms: rules.gap_ms,
            max_columns_per_s: rules.columns_per_second,
        }
    }
}

impl Place {
    /// Where the file would be written now.
    fn path(&self) -> PathBuf {
        match self {
            Self::Chosen(path) => path.clone(),
            Self::Free(path) => free(path),
        }
    }

    /// The name it would have there.
    fn name(&self) -> String {
        let path = self.path();
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Writes the file, whole or not at all; where it lies now.
    ///
    /// Errors: it cannot be written there.
    pub(crate) fn write(&self, content: &[u8]) -> Result<PathBuf, Failure> {
        let path = self.path();
        earmark_files::write_atomic(&path, content, Access::Usual).map_err(|error| {
            let path = path.display();
            Failure::new(
                Code::ExportUnwritable,
                format!("cannot write `{path}`: {error}; save it in another place"),
            )
        })?;
        Ok(path)
    }
}

/// The file that a person named in a dialog. A name without an ending gets this one; what lies
/// there under the whole name stays, because the dialog did not ask about it.
pub fn named(path: PathBuf, ending: &str) -> PathBuf {
    let is_ending = |it: &str| {
        it.len() <= 6
            && it.chars().all(|c| c.is_ascii_alphanumeric())
            && it.contains(|c: char| c.is_ascii_alphabetic())
    };
    let has_ending = path.extension().and_then(|it| it.to_str());
    if has_ending.is_some_and(is_ending) {
        path
    } else {
        free(&path.with_added_extension(ending))
    }
}

/// The path, or where something is already, the first that is free with a number behind its name.
fn free(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let name = |n| fitting_name(stem, &format!(" ({n}).{ending}"));
    let mut names = (2_u32..).map(|n| path.with_file_name(name(n)));
    if path.exists() {
        names
            .find(|path| !path.exists())
            .unwrap_or_else(|| path.to_owned())
    } else {
        path.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use earmark_store::{NewEntry, Origin, Store};
    use earmark_transcript::{Ms, Segment, Timing, Transcript, Word, words};
    use jiff::Timestamp;

    use super::{Place, Sheet, named, preview, render, sanitised, text};
    use crate::api::{Code, ExportOptions, Format, Preset, Script};

    /// A sheet with one line in Chinese, half a second a character.
    fn sheet() -> Sheet {
        let said = "会议在三点开始，请把报告发给李经理。";
        let word = |(nth, range): (u32, std::ops::Range<usize>)| Word {
            text: said[range].to_owned(),
            start: Ms(nth * 500),
            end: Ms(nth * 500 + 500),
            probability: 1.0,
            quality: Some(1.0),
        };
        let words: Vec<Word> = (0..).zip(words::split(said)).map(word).collect();
        let line = Segment {
            start: Ms(0),
            end: words.last().unwrap().end,
            text: said.into(),
            language: "Chinese".into(),
            timing: Timing::Aligned,
            speaker: Some("王".into()),
            words,
        };
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("history.db")).unwrap();
        let id = store.add(&NewEntry {
            source: Path::new("/recordings/周会.m4a").into(),
            name: "周会".into(),
            origin: Origin::File,
            created: Timestamp::UNIX_EPOCH,
            model: "demo".into(),
            language: None,
            context: String::new(),
        });
        let id = id.unwrap();
        let transcript = Transcript::assemble(Ms(9000), vec![line], Vec::new());
        store.finish(id, &transcript).unwrap();
        Sheet {
            entry: store.entry(id).unwrap(),
            transcript,
        }
    }

    #[test]
    fn every_format_has_its_ending_a_look_and_a_text_for_the_clipboard() {
        let sheet = sheet();
        let endings = [
            (Format::Txt, "txt"),
            (Format::Md, "md"),
            (Format::Docx, "docx"),
            (Format::Srt, "srt"),
            (Format::Vtt, "vtt"),
            (Format::Ass, "ass"),
            (Format::Lrc, "lrc"),
            (Format::Json, "json"),
            (Format::Csv, "csv"),
            (Format::Tsv, "tsv"),
        ];
        for (format, ending) in endings {
            let options = ExportOptions {
                format,
                with_bom: true,
                with_crlf: true,
                ..ExportOptions::default()
            };
            let look = preview(&sheet, &options, 0);
            assert_eq!(look.name, format!("周会.{ending}"));
            let is_subtitle = matches!(
                format,
                Format::Srt | Format::Vtt | Format::Ass | Format::Lrc
            );
            assert_eq!(look.n_cues > 0, is_subtitle, "{format:?}");
            assert_eq!(look.text.contains("报告"), !is_subtitle, "{format:?}");
            let copied = text(&sheet, &options);
            assert!(copied.contains("报告"), "{format:?}: {copied}");
            assert!(!copied.contains(['\r', '\u{FEFF}']), "{format:?}");
            let file = render(&sheet, &options);
            let has_mark = file.starts_with("\u{FEFF}".as_bytes());
            let takes_one = !matches!(format, Format::Docx | Format::Json);
            assert_eq!(has_mark, takes_one, "{format:?}");
        }
    }

    #[test]
    fn a_preview_has_the_name_that_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut sheet = sheet();
        sheet.entry.asked.source = folder.path().join("周会.m4a");
        let options = ExportOptions::default();
        let names = || {
            let look = preview(&sheet, &options, 0);
            (look.name, look.name_beside)
        };
        let mut written = Vec::new();
        for expected in ["周会.srt", "周会 (2).srt", "周会 (3).srt"] {
            assert_eq!(names(), ("周会.srt".to_owned(), expected.to_owned()));
            let path = sheet.beside(&options).write(b"x").unwrap();
            written.push(path.file_name().unwrap().to_owned());
        }
        assert_eq!(written, ["周会.srt", "周会 (2).srt", "周会 (3).srt"]);
    }

    #[test]
    fn rules_are_those_of_the_language_until_a_person_chooses() {
        let sheet = sheet();
        let look = |preset| {
            let options = ExportOptions {
                preset,
                ..ExportOptions::default()
            };
            let look = preview(&sheet, &options, 0);
            (look.rules.max_columns, look.rules.max_lines)
        };
        assert_eq!(look(Preset::Usual), (32, 2));
        assert_eq!(look(Preset::Chinese), (32, 2));
        assert_eq!(look(Preset::Broadcast), (42, 2));
        assert_eq!(look(Preset::Social), (24, 1));
        assert_eq!(look(Preset::Own), (42, 2));
    }

    #[test]
    fn script_punctuation_and_names_are_as_asked_for() {
        let options = ExportOptions {
            format: Format::Txt,
            script: Some(Script::Traditional),
            without_punctuation: true,
            ..ExportOptions::default()
        };
        assert_eq!(
            text(&sheet(), &options).trim(),
            "會議在三點開始 請把報告發給李經理"
        );
        let named = ExportOptions {
            format: Format::Srt,
            with_speakers: true,
            ..ExportOptions::default()
        };
        assert!(text(&sheet(), &named).contains("王："));
        // Tables have a column for speakers.
        for (format, expected) in [(Format::Csv, ",王,"), (Format::Tsv, "\t王\t")] {
            let options = ExportOptions {
                format,
                ..ExportOptions::default()
            };
            assert!(text(&sheet(), &options).contains(expected), "{format:?}");
        }
    }

    #[test]
    fn names_suit_every_file_system() {
        assert_eq!(sanitised("a/b: c?"), "a_b_ c_");
        assert_eq!(sanitised(" .. "), "transcript");
        assert_eq!(sanitised("访谈"), "访谈");
        assert_eq!(sanitised(&"长".repeat(500)).chars().count(), 120);
    }

    #[test]
    fn a_name_without_an_ending_gets_one() {
        let check = |name: &str, expected: &str| {
            assert_eq!(named(name.into(), "srt"), Path::new(expected));
        };
        check("/a.b/talk", "/a.b/talk.srt");
        check("/talk.srt", "/talk.srt");
        check("/talk.SRT", "/talk.SRT");
        check("/talk.backup", "/talk.backup");
        check("/talk 2.5", "/talk 2.5.srt");
        check("/Dr. Li", "/Dr. Li.srt");
        let folder = tempfile::tempdir().unwrap();
        let talk = folder.path().join("talk");
        fs::write(folder.path().join("talk.srt"), "1").unwrap();
        let second = folder.path().join("talk (2).srt");
        assert_eq!(named(talk, "srt"), second);
    }

    #[test]
    fn a_long_title_is_a_name_that_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut sheet = sheet();
        for title in ["长".repeat(500), "n".repeat(500), "😀".repeat(100)] {
            sheet.entry.asked.name = title;
            let place = || sheet.within(folder.path(), &ExportOptions::default());
            for _ in 0..2 {
                let path = place().write(b"x").unwrap();
                assert_eq!(path.extension().unwrap(), "srt");
                assert!(path.file_name().unwrap().len() <= 255);
            }
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 6);
    }

    #[test]
    fn nothing_is_written_over_unless_it_was_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.b.srt");
        let place = Place::Free(path.clone());
        assert_eq!(place.write(b"1").unwrap(), path);
        assert_eq!(
            place.write(b"2").unwrap(),
            folder.path().join("a.b (2).srt")
        );
        Place::Chosen(path.clone()).write(b"3").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"3");
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            2,
            "no parts are left"
        );
        let failure = Place::Free(folder.path().join("no/x.srt"))
            .write(b"")
            .unwrap_err();
        assert_eq!(failure.code, Code::ExportUnwritable);
    }
}
