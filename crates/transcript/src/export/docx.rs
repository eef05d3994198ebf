//! Office Open XML text (`.docx`): a title, remarks, and paragraphs with times, each in a style of
//! its own, so that a person changes the look of all at once and Word's navigation lists who speaks.
//!
//! | style | what it is for |
//! |---|---|
//! | Title | the recording's name |
//! | Note | what the reader should know |
//! | Heading 1 | who speaks from here on |
//! | Body Text | what is said |
//! | Timestamp | a time, within the others |
//!
//! Source: ECMA-376 part 1 (WordprocessingML) and part 2 (the package and its relations).

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::paragraph::{clock, split};
use super::{timing_note, title};
use crate::step_counter::step;
use crate::{Language, Transcript};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

const CONTENT_TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>
"#;

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>
"#;

const DOCUMENT_RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>
"#;

/// The styles; `LANGUAGE` stands for the language that spelling is checked in. Word translates the
/// names of its own ones, which are all but Note and Timestamp.
const STYLES: &str = r#"<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Microsoft YaHei" w:cs="Calibri"/><w:sz w:val="22"/><w:szCs w:val="22"/>LANGUAGE</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/><w:unhideWhenUsed/></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:next w:val="BodyText"/><w:uiPriority w:val="10"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:after="240" w:line="240" w:lineRule="auto"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val="40"/><w:szCs w:val="40"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="BodyText"/><w:uiPriority w:val="9"/><w:qFormat/><w:pPr><w:keepNext/><w:keepLines/><w:spacing w:before="240" w:after="40"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="BodyText"><w:name w:val="Body Text"/><w:basedOn w:val="Normal"/><w:uiPriority w:val="1"/><w:qFormat/></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Note"><w:name w:val="Note"/><w:basedOn w:val="Normal"/><w:next w:val="BodyText"/><w:uiPriority w:val="11"/><w:qFormat/><w:rPr><w:i/><w:iCs/><w:color w:val="595959"/></w:rPr></w:style>
<w:style w:type="character" w:customStyle="1" w:styleId="Timestamp"><w:name w:val="Timestamp"/><w:basedOn w:val="DefaultParagraphFont"/><w:uiPriority w:val="12"/><w:qFormat/><w:rPr><w:color w:val="595959"/></w:rPr></w:style>
</w:styles>
"#;

/// A transcript as the bytes of a document, its paragraphs with or without their times; equal
/// transcripts give equal bytes.
pub(super) fn render(transcript: &Transcript, audio_path: &str, with_times: bool) -> Vec<u8> {
    let files = [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        ("docProps/core.xml", properties(audio_path)),
        (
            "word/document.xml",
            document(transcript, audio_path, with_times),
        ),
        (
            "word/_rels/document.xml.rels",
            DOCUMENT_RELATIONS.to_owned(),
        ),
        ("word/styles.xml", styles(transcript)),
    ];
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name, options)
            .expect("a few short names always fit");
        for part in [HEAD, &content] {
            zip.write_all(part.as_bytes())
                .expect("writing to memory cannot fail");
        }
    }
    zip.finish()
        .expect("writing to memory cannot fail")
        .into_inner()
}

/// What file managers and Word show of the document.
fn properties(audio_path: &str) -> String {
    let title = escape(title(audio_path));
    format!(
        "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/\
         core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{title}\
         </dc:title></cp:coreProperties>\n"
    )
}

/// The styles, with the language that is spoken first.
fn styles(transcript: &Transcript) -> String {
    let first = transcript.language.split(',').next();
    let language = first.and_then(Language::find).map(|language| {
        let code = match language.code() {
            "zh" => "zh-CN",
            "yue" => "zh-HK",
            code => code,
        };
        match code {
            "zh-CN" | "zh-HK" | "ja" | "ko" => format!("<w:lang w:eastAsia=\"{code}\"/>"),
            "ar" | "fa" => format!("<w:lang w:bidi=\"{code}\"/>"),
            code => format!("<w:lang w:val=\"{code}\"/>"),
        }
    });
    STYLES.replace("LANGUAGE", &language.unwrap_or_default())
}

/// The main part.
fn document(transcript: &Transcript, audio_path: &str, with_times: bool) -> String {
    let mut xml = String::from(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#,
    );
    xml.push_str(&paragraph("Title", &[run(title(audio_path))]));
    let note = timing_note(transcript).map(str::to_owned).into_iter();
    for note in note.chain(transcript.warnings.iter().cloned()) {
        xml.push_str(&paragraph("Note", &[run(&note)]));
    }
    let mut speaker = None;
    for part in split(&transcript.segments) {
        let mut runs = Vec::new();
        if with_times {
            runs.push(timestamp(&clock(part.start)));
            runs.push(run("  "));
        }
        if part.speaker != speaker {
            speaker = part.speaker;
            // Where nobody has said who speaks, it is no longer the one before.
            runs.push(run(speaker.unwrap_or("–")));
            xml.push_str(&paragraph("Heading1", &runs));
            runs.clear();
        }
        runs.push(run(&part.text()));
        xml.push_str(&paragraph("BodyText", &runs));
    }
    xml.push_str("</w:body></w:document>\n");
    xml
}

fn paragraph(style: &str, runs: &[String]) -> String {
    let runs = runs.concat();
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>")
}

fn run(text: &str) -> String {
    let text = escape(text);
    format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

fn timestamp(time: &str) -> String {
    format!("<w:r><w:rPr><w:rStyle w:val=\"Timestamp\"/></w:rPr><w:t>{time}</w:t></w:r>")
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
