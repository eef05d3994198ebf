use proptest::prelude::*;

use super::{Document, NewTimes};
use crate::import::Format;
use crate::{Ms, export};

const ASS: &str = "\
[Script Info]
; a comment
Title: x

[V4+ Styles]
Format: Name, Fontname
Style: Sign,Impact

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,a comment
Dialogue: 0,0:00:01.00,0:00:09.00,Sign,,0,0,0,,{\\p1\\pos(100,100)}m 0 0 l 100 0{\\p0}
Dialogue: 0,0:00:03.30,0:00:04.60,Default,Kate,0,0,0,,Good evening, Kate.
Dialogue: 0,0:00:07.37,0:00:08.73,Default,,0,0,0,Scroll up;0;0;0,{\\i1}It costs{\\i0} 50%.
Dialogue: 0,0:00:09.00,0:00:09.50,Default,,0,0,0,fx,{\\pos(1,1)}fif
Dialogue: 0,0:00:09.00,0:00:09.50,Default,,0,0,0,,{\\k20}fif{\\kf30}ty
Dialogue: 0,0:00:11.48,0:00:14.67,Sign,,0,0,0,,{\\fad(200,200)}Let's move\\Nto 3:30 {\\p2}m 1 1{\\p0}now.
";

const VTT: &str = "\
WEBVTT - a title
X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000

STYLE
::cue { color: red }

REGION
id:fred

NOTE
a note --> no cue
more note

intro
00:03.300 --> 00:04.600 line:10% align:start
<v Kate>Good <00:03.900><c.yellow>evening,</c>
Kate.

00:59:59.000 --> 01:00:02.000 position:50%
Let&apos;s &amp;amp; 50%.
";

const SRT: &str = "\
\u{FEFF}1
00:00:03,300 --> 00:00:04,600  X1:10
{\\an8}<i>Good evening,</i>
<font color=\"#ffff00\">Kate.</font>

2
-00:00:01,370 --> -00:00:00,730
It costs 50%.

7
00:00:11.480 --> 00:00:14.670
♪ Let's move ♪
[door slams]
";

/// Writes a text in an encoding.
type Encode<'a> = &'a dyn Fn(&str) -> Vec<u8>;

fn document(file: impl AsRef<[u8]>, format: Format) -> Document {
    Document::read(file.as_ref(), format).unwrap()
}

fn texts(document: &Document) -> Vec<&str> {
    let cues = document.cues().iter();
    cues.map(|cue| cue.text.as_str()).collect()
}

/// The words of the spoken cues.
fn spoken(document: &Document) -> Vec<String> {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let groups = document.spoken().into_iter();
    groups
        .map(|group| words(&document.cues()[group[0]].spoken))
        .collect()
}

/// Every cue a minute later, or at the second of its number when its times cannot be read.
fn a_minute_later(document: &Document) -> Vec<Option<NewTimes>> {
    let times = |(number, cue): (u32, &super::DocumentCue)| {
        let (start, end) = cue.times.unwrap_or((Ms(number * 1000), Ms(number * 1000)));
        Some(NewTimes {
            start: start + Ms(60_000),
            end: end + Ms(60_000),
            words: Vec::new(),
        })
    };
    (1..).zip(document.cues()).map(times).collect()
}

/// The lines of a file that differ with every cue a minute later.
#[track_caller]
fn changed(file: &str, format: Format) -> Vec<String> {
    let document = document(file, format);
    let new = document.with_times(&a_minute_later(&document));
    let new = String::from_utf8(new).unwrap();
    assert_eq!(new.lines().count(), file.lines().count());
    let pairs = file.lines().zip(new.lines());
    pairs
        .filter(|(old, new)| old != new)
        .map(|(_, new)| new.to_owned())
        .collect()
}

#[test]
fn only_the_lines_of_times_change() {
    assert_eq!(
        changed(SRT, Format::Srt),
        [
            "00:01:03,300 --> 00:01:04,600  X1:10",
            "00:01:04,600 --> 00:01:05,600",
            "00:01:11.480 --> 00:01:14.670",
        ]
    );
    assert_eq!(
        changed(VTT, Format::Vtt),
        [
            "01:03.300 --> 01:04.600 line:10% align:start",
            "<v Kate>Good <01:03.900><c.yellow>evening,</c>",
            "01:00:59.000 --> 01:01:02.000 position:50%",
        ]
    );
    let lines = changed(ASS, Format::Ass);
    assert_eq!(lines.len(), 6);
    assert_eq!(
        lines[1],
        "Dialogue: 0,0:01:03.30,0:01:04.60,Default,Kate,0,0,0,,Good evening, Kate."
    );
    assert_eq!(
        changed(
            "[ti:x]\n[00:01.50][0:02.500]a <00:01.70>b\n[00:03]c",
            Format::Lrc
        ),
        ["[01:01.50][1:02.500]a <01:01.70>b", "[01:03.00]c"]
    );
}

#[test]
fn nothing_new_changes_nothing() {
    for (file, format) in [(SRT, Format::Srt), (VTT, Format::Vtt), (ASS, Format::Ass)] {
        for file in [
            file.to_owned(),
            file.replace('\n', "\r\n"),
            file.replace('\n', "\r"),
        ] {
            let document = document(&file, format);
            let n_cues = document.cues().len();
            assert!(n_cues > 1);
            let same = |cue: &super::DocumentCue| {
                let (start, end) = cue.times.unwrap();
                let words = Vec::new();
                Some(NewTimes { start, end, words })
            };
            assert_eq!(document.with_times(&vec![None; n_cues]), file.as_bytes());
            let times: Vec<_> = document.cues().iter().map(same).collect();
            let same = document.with_times(&times);
            assert_eq!(
                same == file.as_bytes(),
                !file.contains("--> -"),
                "{format:?}"
            );
        }
    }
}

#[test]
fn other_encodings_and_line_ends_stay() {
    let file = "1\r\n00:00:01,000 --> 00:00:02,000\r\n我们今天开会，\r\n讨论计划。\r\n\r\n\
                2\r\n00:00:03,000 --> 00:00:04,000\r\n好的，谢谢。\r\n";
    let later = file
        .replace(
            "00:00:01,000 --> 00:00:02,000",
            "00:01:01,000 --> 00:01:02,000",
        )
        .replace(
            "00:00:03,000 --> 00:00:04,000",
            "00:01:03,000 --> 00:01:04,000",
        );
    let utf_16 = |text: &str, mark: bool, swap: bool| -> Vec<u8> {
        let units = mark
            .then_some(0xFEFF)
            .into_iter()
            .chain(text.encode_utf16());
        let bytes = |unit: u16| {
            if swap {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        units.flat_map(bytes).collect()
    };
    let all: [Encode<'_>; 7] = [
        &|text| text.into(),
        &|text| format!("\u{FEFF}{text}").into(),
        &|text| utf_16(text, true, false),
        &|text| utf_16(text, true, true),
        &|text| utf_16(text, false, false),
        &|text| utf_16(text, false, true),
        &|text| encoding_rs::GBK.encode(text).0.into_owned(),
    ];
    for encode in all {
        let document = document(encode(file), Format::Srt);
        assert_eq!(
            texts(&document),
            ["我们今天开会，讨论计划。", "好的，谢谢。"]
        );
        assert_eq!(
            document.with_times(&a_minute_later(&document)),
            encode(&later)
        );
    }
    // Styles with a name in Chinese stand before the times.
    let ass =
        "[Events]\nFormat: Style, Start, End, Text\nDialogue: 字幕,0:00:01.00,0:00:02.00,你好\n";
    let document = document(encoding_rs::GBK.encode(ass).0, Format::Ass);
    let new = document.with_times(&a_minute_later(&document));
    let later = ass.replace("0:00:0", "0:01:0");
    assert_eq!(new, *encoding_rs::GBK.encode(&later).0);
}

#[test]
fn damage_in_another_encoding_keeps_the_cues() {
    let mut file = encoding_rs::GBK
        .encode("1\n00:00:01,000 --> 00:00:02,000\n我们开会讨论计划")
        .0
        .into_owned();
    file.extend(b"\xff\xff\x81\n\n2\n00:00:03,000 --> 00:00:04,000\n");
    file.extend(&*encoding_rs::GBK.encode("好的").0);
    let document = document(&file, Format::Srt);
    let new = document.with_times(&a_minute_later(&document));
    let again = Document::read(&new, Format::Srt).unwrap();
    assert_eq!(again.cues()[1].times, Some((Ms(63_000), Ms(64_000))));
}

#[test]
fn drawings_comments_and_karaoke_are_not_spoken() {
    let document = document(ASS, Format::Ass);
    assert_eq!(
        spoken(&document),
        [
            "Good evening, Kate.",
            "It costs 50%.",
            "Let's move to 3:30 now."
        ]
    );
    assert_eq!(document.cues().len(), 6);
    assert_eq!(document.cues()[0].text, "");
    // A song has nothing else to be sung.
    let song = "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,0,0,0,,{\\k20}One {\\k30}two\n";
    assert_eq!(spoken(&self::document(song, Format::Ass)), ["One two"]);
}

#[test]
fn signs_and_descriptions_are_not_spoken() {
    let file = "1\n00:00:01,000 --> 00:00:02,000\n[DOOR SLAMS]\n\n2\n00:00:02,000 --> 00:00:03,000\n♪♪\n\n\
                3\n00:00:04,000 --> 00:00:05,000\n😀\n\n4\n00:00:06,000 --> 00:00:07,000\n\n\n\
                5\n00:00:08,000 --> 00:00:09,000\n(sighs)\n- Well.\n";
    let document = document(file, Format::Srt);
    assert_eq!(document.cues().len(), 5);
    assert_eq!(spoken(&document), ["- Well."]);
}

#[test]
fn layers_of_one_text_are_spoken_once() {
    let line = "Dialogue: 0,0:00:01.00,0:00:02.00,,,0,0,0,,{\\bord3}Hello\n";
    let file = format!("[Events]\n{line}{}{line}", line.replace("1.00", "5.00"));
    let groups = document(file, Format::Ass).spoken();
    assert_eq!(groups, [vec![0, 2], vec![1]]);
}

#[test]
fn an_odd_line_costs_at_most_its_cue() {
    let check = |odd: &str, times: Option<(u32, u32)>| {
        let file = format!(
            "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n{odd}\nTwo\n\n\
             3\n00:00:05,000 --> 00:00:06,000\nThree\n"
        );
        let document = document(&file, Format::Srt);
        assert_eq!(texts(&document), ["One", "Two", "Three"], "{odd}");
        let cue = document.cues()[1].times;
        assert_eq!(cue, times.map(|(start, end)| (Ms(start), Ms(end))), "{odd}");
        let warnings: Vec<String> = document
            .warnings()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(warnings.len(), 1, "{odd}: {warnings:?}");
        assert!(warnings[0].starts_with("line 6: "), "{warnings:?}");
        // Whatever it was, it is written as it should be.
        let new = String::from_utf8(document.with_times(&a_minute_later(&document))).unwrap();
        let again = Document::read(new.as_bytes(), Format::Srt).unwrap();
        assert_eq!(again.cues().len(), 3);
        assert!(again.warnings().is_empty(), "{new}");
        assert!(again.cues()[1].times.is_some(), "{new}");
    };
    check("-00:00:01,370 --> -00:00:00,730", Some((2000, 3000)));
    check("00:00:03,000 -> 00:00:04,000", Some((3000, 4000)));
    check("00:00:03,000 00:00:04,000", Some((3000, 4000)));
    check("00:00:03:000 --> 00:00:04:000", Some((3000, 4000)));
    check("00;00;03,000 --> 00;00;04,000", Some((3000, 4000)));
    check("00:00:04,000 --> 00:00:03,000", Some((4000, 4000)));
    check("00:00:0x,000 --> 00:00:04,000", None);
    check("00:00:03,000 -->", None);
    check("xx --> yy", None);
    check("00:00:03,000 00:00:0x,000", None);
    check("00:00:03,000", None);
    check("9999999:00:03,000 --> 9999999:00:04,000", None);
    let document = document(SRT.replace("\n2\n", "\n2\n\n"), Format::Srt);
    assert_eq!(document.cues().len(), 3);
}

#[test]
fn a_missing_line_of_times_is_added() {
    let file = "1\r\n00:00:01,000 --> 00:00:02,000\r\nOne\r\n\r\n2\r\nTwo\r\n\r\n\
                3\r\n00:00:05,000 --> 00:00:06,000\r\n4\r\n\r\n5\r\n";
    let document = document(file, Format::Srt);
    assert_eq!(texts(&document), ["One", "Two", "4 5"]);
    assert_eq!(document.warnings()[0].line, 6);
    let new = String::from_utf8(document.with_times(&a_minute_later(&document))).unwrap();
    assert!(
        new.contains("\r\n2\r\n00:01:02,000 --> 00:01:02,000\r\nTwo\r\n"),
        "{new}"
    );
    assert_eq!(document.with_times(&[None, None, None]), file.as_bytes());
}

#[test]
fn hours_may_have_three_digits() {
    let file = "1\n100:00:01,000 --> 100:00:02,000\nOne\n";
    let document = document(file, Format::Srt);
    assert!(document.warnings().is_empty());
    let times = NewTimes {
        start: Ms(1000),
        end: Ms(2500),
        words: Vec::new(),
    };
    let new = document.with_times(&[Some(times)]);
    assert_eq!(new, b"1\n00:00:01,000 --> 00:00:02,500\nOne\n");
}

#[test]
fn times_inside_a_cue_follow_its_words() {
    let file =
        "WEBVTT\n\n00:10.000 --> 00:14.000\nOne <00:11.000>two, <00:12.000>three\n<00:13.000>\n";
    let document = document(file, Format::Vtt);
    let with = |words: Vec<(usize, Ms)>| {
        let times = NewTimes {
            start: Ms(1000),
            end: Ms(2000),
            words,
        };
        String::from_utf8(document.with_times(&[Some(times)])).unwrap()
    };
    let of_words = with(vec![(0, Ms(1000)), (4, Ms(1400)), (9, Ms(1900))]);
    assert!(
        of_words.contains("One <00:01.400>two, <00:01.900>three\n<00:02.000>"),
        "{of_words}"
    );
    let spread = with(Vec::new());
    assert!(
        spread.contains("One <00:01.250>two, <00:01.500>three\n<00:01.750>"),
        "{spread}"
    );
}

#[test]
fn another_format_keeps_cues_lines_and_speakers() {
    let document = document(VTT, Format::Vtt);
    let cues = document.cues_with_times(&a_minute_later(&document));
    let render = |format| {
        let transcript = crate::Transcript::default();
        let file =
            export::render_cues(format, &cues, &transcript, "a", &export::Options::default());
        String::from_utf8(file).unwrap()
    };
    assert_eq!(
        render(export::Format::Srt),
        "1\n00:01:03,300 --> 00:01:04,600\nKate: Good evening,\nKate.\n\n\
         2\n01:00:59,000 --> 01:01:02,000\nLet's &amp; 50%.\n\n"
    );
    let vtt = render(export::Format::Vtt);
    assert!(vtt.contains("<v Kate>Good evening,\nKate.\n"), "{vtt}");
    assert!(vtt.contains("\nLet's &amp;amp; 50%.\n"), "{vtt}");
}

proptest! {
    #[test]
    fn whatever_is_read_comes_back(
        parts in proptest::collection::vec(
            "WEBVTT|\n|\n\n|\r\n|\\[Script Info\\]|\\[Events\\]|\nFormat: |\nDialogue: 0,|0:00:01.00|-|\
             00:00:02,000| --> |,,,0,0,0,,|<v A>|<00:01.000>|\\{\\\\k50\\}|\\\\N|\\[00:01.00\\]|<i>|&amp;|7|é好|\u{FEFF}",
            0..40),
        damage in proptest::collection::vec(any::<u8>(), 0..3),
        wide: bool,
    ) {
        let text = parts.concat();
        let mut file: Vec<u8> = if wide {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        } else {
            text.into()
        };
        file.extend(damage);
        for format in [Format::Srt, Format::Vtt, Format::Ass, Format::Lrc] {
            let Ok(document) = Document::read(&file, format) else { continue };
            prop_assert_eq!(document.with_times(&vec![None; document.cues().len()]), file.clone());
            let new = document.with_times(&a_minute_later(&document));
            let again = Document::read(&new, format);
            if let Ok(again) = again {
                prop_assert_eq!(again.cues().len() >= document.cues().len(), true);
            }
            for cue in document.cues() {
                prop_assert!(cue.spoken.is_empty() || cue.spoken.len() == cue.text.len());
            }
        }
    }
}
