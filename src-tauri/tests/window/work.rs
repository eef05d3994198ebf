//! A person's first day with the program, and the morning after.

use std::fs;

use earmark_transcript::score;
use serde_json::json;

use crate::recognised::{srt, texts, transcript};
use crate::retranscribe::a_line_is_recognised_again;
use crate::wait::until;
use crate::window::Window;
use crate::{copy_of, desk, sample, scratch};

/// The lines of the open transcript that are in sight, once there are any.
pub(crate) const LINES: &str = "
    const lines = [...document.querySelectorAll('[id^=line-] .text')].map((it) => it.textContent);
    return lines.length > 0 ? lines : null;";

/// How many lines the open transcript has, once there are any.
const N_LINES: &str = "return +document.querySelector('#line-0')?.ariaSetSize || null";

/// Whether what was corrected is kept.
const IS_SAVED: &str = "
    const said = [...document.querySelectorAll('header [role=status]')];
    return said.some((it) => it.textContent.trim() === 'Saved');";

/// Whether something is drawn on the waveform.
const HAS_WAVEFORM: &str = "
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((it) => it !== 0);";

/// How words are marked that the recogniser was not sure of.
const DOUBTFUL: &str = "
    const word = document.querySelector('.doubtful');
    if (!word) return null;
    const { textDecorationLine, textDecorationStyle } = getComputedStyle(word);
    return `${textDecorationLine} ${textDecorationStyle}`;";

/// The line and the word that are being spoken.
const SPOKEN: &str = "
    const word = document.querySelector('.spoken');
    return word && `${word.closest('li').id} ${word.dataset.word}`;";

/// Notes from now on what the rows of the queue say, and how far their bars are.
pub(crate) const WATCH_QUEUE: &str = "
    window.told = {};
    const look = () => {
        for (const row of document.querySelectorAll('main ol > li')) {
            const told = (window.told[row.querySelector('.title').textContent] ??= []);
            const line = row.querySelector('.state').textContent.trim();
            const bar = row.querySelector('progress');
            if (told.at(-1)?.line !== line) told.push({ line, share: bar?.value ?? null });
        }
    };
    new MutationObserver(look).observe(document.body, {
        subtree: true, childList: true, characterData: true, attributes: true,
    });
    return true;";

/// The state of a row of the queue, once it is `Done`.
pub(crate) fn done(title: &str) -> String {
    let title = json!(title);
    format!(
        "const row = [...document.querySelectorAll('main ol > li')]
             .find((it) => it.querySelector('.title').textContent === {title});
         const state = row.querySelector('.state').textContent.trim();
         return state.startsWith('Done') && state;"
    )
}

/// What [`WATCH_QUEUE`] noted of a row, in order.
pub(crate) fn told(window: &Window, title: &str) -> Vec<(String, Option<f64>)> {
    let told = window.look(&format!("return window.told[{}]", json!(title)));
    let told = told.as_array().expect("the row was there").iter();
    told.map(|it| {
        let line = it["line"].as_str().expect("a state is a text");
        (line.to_owned(), it["share"].as_f64())
    })
    .collect()
}

/// How far a recording was when a row said so: `Recognising · 1:20 of 2:43`. Units: s.
pub(crate) fn recognised_s(line: &str) -> Option<u32> {
    let (done, _) = line.strip_prefix("Recognising · ")?.split_once(" of ")?;
    let parts = done.split(':').map(|part| part.parse::<u32>().ok());
    parts.reduce(|all, part| Some(60 * all? + part?)).flatten()
}

#[test]
fn from_the_first_start_to_the_morning_after() {
    let _desk = desk();
    let folder = scratch("work");
    let meeting = copy_of("en-dialogue.flac", folder.join("the meeting.flac"));
    let journey = copy_of("zh-04.wav", folder.join("去山顶.wav"));
    let recognised = transcript(&meeting);
    let chinese = texts(&transcript(&journey)).concat();

    let data = folder.join("data");
    let window = Window::open(&data);
    the_first_start_hears_its_sample(&window);

    window.press("Transcribe");
    window.look(WATCH_QUEUE);
    window.drop_files(&[&meeting, &journey]);
    window.until("the end of the first", 300, &done("the meeting"));
    window.until("the end of the second", 300, &done("去山顶"));
    window.picture("queue");
    progress_was_told(&told(&window, "the meeting"));

    window.press("the meeting");
    let lines = window.until("the transcript", 60, LINES);
    let lines = lines.as_array().expect("lines are a list");
    assert_eq!(window.look(N_LINES), recognised.segments.len());
    assert_eq!(*lines, texts(&recognised)[..lines.len()]);
    let mark = window.until("a doubtful word", 60, DOUBTFUL);
    assert_eq!(mark, "underline wavy");
    the_player_plays_from_a_word(&window);
    a_word_is_corrected_taken_back_and_corrected_again(&window);
    a_line_is_recognised_again(&window);
    window.look("document.querySelector('[role=status] .notice .icon')?.click(); return true");
    window.picture("transcript");

    let corrected = srt(&recognised, "the meeting.flac").replacen("morning", "evening", 1);
    window.press("Export…");
    window.until_says("the meeting.srt");
    window.picture("export");
    window.press("Save next to the recording");
    let subtitles = folder.join("the meeting.srt");
    let written = until("the subtitles", 60, || fs::read_to_string(&subtitles).ok());
    assert_eq!(written, corrected);
    window.press("Export…");
    window.press("Save as…");
    window.display.choose("Save", &folder.join("elsewhere"));
    let subtitles = folder.join("elsewhere.srt");
    let written = until("the subtitles", 60, || fs::read_to_string(&subtitles).ok());
    assert_eq!(written, corrected);

    window.press("History");
    a_word_is_found_and_jumped_to(&window, "Paris");
    let one_character = "汽";
    assert!(chinese.contains(one_character), "{chinese}");
    window.press("History");
    a_word_is_found_and_jumped_to(&window, one_character);

    window.press("History");
    window.keys(&["Escape"]);
    window.press("Delete 去山顶");
    window.until_says("1 transcript deleted");
    window.press("Undo");
    window.until_says("1 transcript restored");
    window.press("Star the meeting");
    window.until(
        "the star",
        60,
        "return document.querySelector('.star') !== null",
    );
    window.press("Settings");
    let dark = "
        const theme = document.querySelector('option[value=dark]').parentElement;
        theme.value = 'dark';
        theme.dispatchEvent(new Event('change', { bubbles: true }));
        return true;";
    window.until("the settings", 60, dark);
    let is_dark = "return document.documentElement.dataset.theme === 'dark'";
    window.until("the dark", 60, is_dark);
    drop(window);

    let window = Window::open(&data);
    window.until("the dark", 60, is_dark);
    window.press("History");
    window.press("Starred");
    window.press("the meeting Starred");
    let corrected = texts(&recognised)[0].replacen("morning", "evening", 1);
    let lines = window.until("the transcript", 60, LINES);
    assert_eq!(lines[0], corrected);
    assert_eq!(window.look(N_LINES), recognised.segments.len());
    window.press("History");
    a_word_is_found_and_jumped_to(&window, "evening");
    window.picture("dark");
}

fn the_first_start_hears_its_sample(window: &Window) {
    window.until_says("Drop recordings here");
    window.until_says("The built-in demo model understands only the synthetic voice");
    window.picture("first-start");
    window.press("Try the sample");
    window.press("Open");
    let lines = window.until("the transcript", 120, LINES);
    let lines: Vec<String> = serde_json::from_value(lines).expect("lines are texts");
    let truth = fs::read_to_string(sample("en-01.txt")).expect("the sample has a text");
    let rate = score::words(&truth, &lines.join(" "));
    assert_eq!(rate.n_errors, 0, "{lines:?}");
    assert!(rate.n_total > 5, "{truth}");
}

/// Waiting or reading first, then minute by minute, then done.
fn progress_was_told(told: &[(String, Option<f64>)]) {
    let times: Vec<u32> = told
        .iter()
        .filter_map(|(line, _)| recognised_s(line))
        .collect();
    assert!(times.len() >= 2, "{told:?}");
    assert!(times.is_sorted(), "{told:?}");
    let shares = told.iter().filter_map(|(_, share)| *share);
    assert!(
        shares.into_iter().any(|it| it > 0.0 && it < 1.0),
        "{told:?}"
    );
    let last = told.last().expect("something was told");
    assert!(last.0.starts_with("Done"), "{told:?}");
}

fn the_player_plays_from_a_word(window: &Window) {
    window.until("the waveform", 60, HAS_WAVEFORM);
    window.click("#line-1 [data-word='1']");
    let first = window.until("the spoken word", 180, SPOKEN);
    let next = format!(
        "const spoken = (() => {{ {SPOKEN} }})(); return spoken && spoken !== {first} && spoken"
    );
    window.until("the next word", 180, &next);
    window.press("Pause");
}

/// `Good morning, everyone.` becomes `Good evening, everyone.`
fn a_word_is_corrected_taken_back_and_corrected_again(window: &Window) {
    let begins = |words: &str| {
        let words = json!(words);
        let script =
            format!("return document.querySelector('#line-0 textarea')?.value.startsWith({words})");
        window.until(&words.to_string(), 60, &script);
    };
    window.double_click("#line-0 [data-word='1']");
    begins("Good morning,");
    // The word was selected by the double click.
    window.keys(&["e", "v", "e", "n", "i", "n", "g"]);
    begins("Good evening,");
    window.keys(&["Control+z"]);
    begins("Good morning,");
    window.keys(&["Control+Shift+z"]);
    begins("Good evening,");
    window.keys(&["Escape"]);
    window.until("the correction to be kept", 60, IS_SAVED);
}

/// Searches the history, clicks on the first place and looks where that leads.
fn a_word_is_found_and_jumped_to(window: &Window, word: &str) {
    let search = "
        const field = document.querySelector('input[type=search]');
        if (field) field.select();
        return field !== null;";
    window.until("the field to search with", 60, search);
    window.type_into("input[type=search]", word);
    let hit = format!(
        "const hit = document.querySelector('.hit');
         return hit?.querySelector('mark')?.textContent === {} && hit.querySelector('.time').textContent",
        json!(word)
    );
    let time = window.until("the place in the history", 60, &hit);
    window.picture("history");
    window.click(".hit");
    let line = format!(
        "const line = document.querySelector('li.active');
         const player = document.querySelector('section[aria-label=Player] .time');
         return line?.querySelector('.text').textContent.includes({})
             && player?.textContent.startsWith({time} + ' / ')",
        json!(word)
    );
    window.until("the second in the recording", 60, &line);
}
