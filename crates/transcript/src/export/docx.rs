//! Office Open XML text (`.docx`): a title, remarks, and paragraphs with times.
//!
//! Source: ECMA-376 part 1 (WordprocessingML) and part 2 (the package and its relations).

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::paragraph::{clock, split};
use super::{timing_note, title};
use crate::Transcript;
use crate::step_counter::step;

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>
"#;

const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>
"#;

/// A transcript as the bytes of a document, its paragraphs with or without their times; equal
/// transcripts give equal bytes.
pub(super) fn render(transcript: &Transcript, audio_path: &str, with_times: bool) -> Vec<u8> {
    let files = [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        (
            "word/document.xml",
            document(transcript, audio_path, with_times),
        ),
    ];
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name, options)
            .expect("a few short names always fit");
        zip.write_all(content.as_bytes())
            .expect("writing to memory cannot fail");
    }
    zip.finish()
        .expect("writing to memory cannot fail")
        .into_inner()
}

/// How a run of text looks.
#[derive(Clone, Copy)]
enum Look {
    Title,
    Time,
    Remark,
    Text,
}

impl Look {
    fn properties(self) -> &'static str {
        match self {
            Self::Title => "<w:rPr><w:b/><w:sz w:val=\"36\"/></w:rPr>",
            Self::Time => "<w:rPr><w:b/><w:color w:val=\"666666\"/></w:rPr>",
            Self::Remark => "<w:rPr><w:i/></w:rPr>",
            Self::Text => "",
        }
    }
}

/// The main part.
fn document(transcript: &Transcript, audio_path: &str, with_times: bool) -> String {
    let mut xml = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        "\n",
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#,
    ));
    xml.push_str(&paragraph(&[(Look::Title, title(audio_path))]));
    let warnings = transcript.warnings.iter().map(String::as_str);
    for remark in timing_note(transcript).into_iter().chain(warnings) {
        xml.push_str(&paragraph(&[(Look::Remark, remark)]));
    }
    for part in split(&transcript.segments) {
        let time = with_times.then(|| clock(part.start));
        let name = part.speaker.map(str::to_owned);
        let head: Vec<String> = time.into_iter().chain(name).collect();
        let (head, text) = (format!("{}  ", head.join(" ")), part.text());
        let runs = [(Look::Time, head.as_str()), (Look::Text, &text)];
        let is_bare = head.trim().is_empty();
        xml.push_str(&paragraph(&runs[usize::from(is_bare)..]));
    }
    xml.push_str("</w:body></w:document>\n");
    xml
}

fn paragraph(runs: &[(Look, &str)]) -> String {
    let mut xml = String::from("<w:p>");
    for (look, text) in runs {
        let (properties, text) = (look.properties(), escape(text));
        write!(
            xml,
            "<w:r>{properties}<w:t xml:space=\"preserve\">{text}</w:t></w:r>"
        )
        .expect("writing to a String cannot fail");
    }
    xml.push_str("</w:p>");
    xml
}

/// A text as XML may hold it; what XML cannot hold is left out.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        step();
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
