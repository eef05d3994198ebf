//! The window with captions, which shows what is being said in a recording.

use serde_json::Value;

use crate::recording::{RUNS, play, truth};
use crate::server::with_server;
use crate::window::Window;
use crate::{closed, desk, scratch};

/// The samples that are played, one after the other: an utterance each.
const SAMPLES: [&str; 2] = ["en-01.flac", "en-02.flac"];

/// Whether a window is the main one, or the one with captions.
const MAIN: &str = "return location.search === ''";
const CAPTIONS: &str = "return location.search === '?overlay=captions'";

/// What the captions say.
const SAID: &str =
    "return [...document.querySelectorAll('.lines span')].map((it) => it.textContent).join('')";

/// Writes down everything that the captions ever say, as it is painted.
const WATCH: &str = "
    const said = () =>
        [...document.querySelectorAll('.lines span')].map((it) => it.textContent).join('');
    window.states = [said()];
    new MutationObserver(() => {
        if (said() !== window.states.at(-1)) window.states.push(said());
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    return true;";

/// Where the window stands and how large its letters are.
const PLACE: &str = "
    const px = getComputedStyle(document.querySelector('.lines')).fontSize;
    return [window.screenX, window.screenY, px].join(' ')";

#[test]
fn captions_hold_what_is_sure_and_never_change_it() {
    let name = "captions::captions_hold_what_is_sure_and_never_change_it";
    let _desk = desk();
    with_server(name, || {
        let window = Window::open(&scratch("captions").join("data"));
        window.press("Record");
        window.until("the recording", 60, RUNS);
        window.press("Captions");
        window.turn_to(CAPTIONS);
        window.until(
            "the captions",
            60,
            "return document.querySelector('.lines') !== null",
        );

        let before = window.look(PLACE);
        window.keys(&["=", "ArrowRight", "ArrowDown"]);
        let moved = format!("return (() => {{ {PLACE} }})() !== {before}");
        window.until("the captions to move", 60, &moved);
        window.look(WATCH);
        let mut whole = String::new();
        for sample in SAMPLES {
            play(sample);
            whole.push_str(&truth(sample));
            let is_all = format!("return (() => {{ {SAID} }})().length >= {}", whole.len());
            window.until("the text", 240, &is_all);
        }
        window.picture("captions");
        let states = window.look("return window.states");
        check_growth(&states, &whole);
        let stay = "'nudge_overlay', { x: 0, y: 0, width: 0, height: 0 }";
        closed::check(&window, stay, "'folders'");
        let place = window.look(PLACE);
        window.press("Close captions");
        window.turn_to(MAIN);
        window.until_windows(1);

        let is_open = |is: bool| {
            format!("return document.querySelector('button[aria-pressed={is}]') !== null")
        };
        window.until("the button", 60, &is_open(false));
        window.keys(&["Control+k"]);
        window.until("the button", 60, &is_open(true));
        window.turn_to(CAPTIONS);
        let is_back = format!("return (() => {{ {PLACE} }})() === {place}");
        window.until("the captions where they were", 60, &is_back);

        window.turn_to(MAIN);
        window.press("Stop recording");
        let is_over = "return document.querySelector('#line-0') !== null";
        window.until("the transcript", 240, is_over);
        assert_eq!(
            window.n_windows(),
            1,
            "the captions went with the recording"
        );
    });
}

/// Whether each state is the one before with more behind it, up to the whole.
fn check_growth(states: &Value, whole: &str) {
    let states = states.as_array().expect("states are a list").iter();
    let states: Vec<&str> = states.filter_map(Value::as_str).collect();
    assert!(states.len() > SAMPLES.len(), "{states:?}");
    for pair in states.windows(2) {
        assert!(pair[1].starts_with(pair[0]), "{pair:?}");
        let ends_in_word = pair[1].ends_with(char::is_alphanumeric)
            && whole[pair[1].len().min(whole.len())..].starts_with(char::is_alphanumeric);
        assert!(!ends_in_word, "a word in part: {pair:?}");
    }
    assert_eq!(states.last(), Some(&whole));
}
