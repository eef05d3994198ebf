//! Exports as the contract describes them: what they hold, what they are called, where they go.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use earmark_store::Item;
use earmark_transcript::cues::{self, Fault, Rules};
use earmark_transcript::export::{self, Options, txt};
use earmark_transcript::{Timing, Transcript};
use jiff::tz::TimeZone;

use crate::contract::{Code, Cue, CueProblem, CueRules, ExportOptions, Failure, Format, Preview};

/// Cues of a preview, at most.
const N_CUES: usize = 100;

/// Characters of a preview, at most.
const N_CHARACTERS: usize = 20_000;

/// Characters of a file's name without its ending, at most.
const LONGEST_NAME: usize = 120;

/// How long a cue stays after its last word when nothing follows. Units: ms.
const LINGER_MS: u32 = 500;

/// An entry that is to be exported.
pub(crate) struct Sheet {
    pub(crate) item: Item,
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
        let created = self.item.asked.created.to_zoned(TimeZone::system());
        let named = options
            .name_template
            .replace("{title}", &self.item.asked.name)
            .replace("{date}", &created.date().to_string())
            .replace("{language}", &self.item.languages.join(", "));
        let ending = format(options.format).extension();
        format!("{}.{ending}", sanitised(&named))
    }

    /// Beside the recording.
    pub(crate) fn beside(&self, options: &ExportOptions) -> Place {
        let source = &self.item.asked.source;
        self.within(source.parent().unwrap_or(Path::new("")), options)
    }

    /// In a folder.
    pub(crate) fn within(&self, folder: &Path, options: &ExportOptions) -> Place {
        Place::Free(folder.join(self.file_name(options)))
    }

    /// The transcript as these options want it.
    fn said(&self, options: &ExportOptions) -> Transcript {
        let mut transcript = self.transcript.clone();
        if !options.with_speakers && options.format != Format::Json {
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
    let file = sheet.item.asked.source.file_name().unwrap_or_default();
    export::render(
        format(options.format),
        &sheet.said(options),
        &file.to_string_lossy(),
        &details(options),
    )
}

/// What an export would be.
pub(crate) fn preview(sheet: &Sheet, options: &ExportOptions, from: usize) -> Preview {
    let name = sheet.file_name(options);
    let format = format(options.format);
    if !format.has_cues() {
        let file = render(sheet, options);
        let text = String::from_utf8_lossy(&file)
            .chars()
            .take(N_CHARACTERS)
            .collect();
        return Preview {
            name,
            n_cues: 0,
            n_problems: 0,
            cues: Vec::new(),
            text,
        };
    }
    let made = export::preview(format, &sheet.said(options), &details(options));
    let mut problems: Vec<Vec<CueProblem>> = vec![Vec::new(); made.len()];
    for violation in cues::check(&made, &rules(&options.cues)) {
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
        n_cues,
        n_problems,
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

fn format(format: Format) -> export::Format {
    match format {
        Format::Txt => export::Format::Txt,
        Format::Md => export::Format::Markdown,
        Format::Srt => export::Format::Srt,
        Format::Vtt => export::Format::Vtt,
        Format::Json => export::Format::Json,
    }
}

fn details(options: &ExportOptions) -> Options {
    Options {
        rules: Some(rules(&options.cues)),
        text: if options.with_times {
            txt::Layout::Times
        } else {
            txt::Layout::Paragraphs
        },
        without_times: !options.with_times,
        ..Options::default()
    }
}

fn rules(rules: &CueRules) -> Rules {
    Rules {
        max_columns: rules.max_columns.max(1),
        max_lines: rules.max_lines.max(1),
        columns_per_second: rules.max_columns_per_s.max(1.0),
        min_ms: rules.min_ms,
        max_ms: rules.max_ms.max(rules.min_ms),
        gap_ms: rules.gap_ms,
        linger_ms: LINGER_MS,
    }
}

impl Place {
    /// Writes the file, whole or not at all; where it lies now.
    ///
    /// Errors: it cannot be written there.
    pub(crate) fn write(&self, content: &[u8]) -> Result<PathBuf, Failure> {
        let path = match self {
            Self::Chosen(path) => path.clone(),
            Self::Free(path) => free(path),
        };
        let part = path.with_added_extension("part");
        let write = || -> io::Result<()> {
            let mut file = File::create(&part)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&part, &path)
        };
        write().map_err(|error| {
            // A piece of a file is of no use to anyone.
            let _ = fs::remove_file(&part);
            let path = path.display();
            Failure::new(
                Code::ExportUnwritable,
                format!("cannot write `{path}`: {error}; save it in another place"),
            )
        })?;
        Ok(path)
    }
}

/// The path, or where something is already, the first that is free with a number behind its name.
fn free(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let mut names = (2_u32..).map(|n| path.with_file_name(format!("{stem} ({n}).{ending}")));
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

    use super::{Place, sanitised};
    use crate::contract::Code;

    #[test]
    fn names_suit_every_file_system() {
        assert_eq!(sanitised("a/b: c?"), "a_b_ c_");
        assert_eq!(sanitised(" .. "), "transcript");
        assert_eq!(sanitised("访谈"), "访谈");
        assert_eq!(sanitised(&"长".repeat(500)).chars().count(), 120);
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
