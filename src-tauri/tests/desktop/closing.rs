//! The end of the program while there is work: what a closed window asks, and what the next start
//! finds after every way out.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark_store::State;
use serde_json::json;

use crate::dictation::{open, tap, turn};
use crate::server::with_server;
use crate::{Desktop, Program, TRANSCRIBING, until, xdotool};

const RECORDING: &str = "Earmark is still recording";
const DICTATING: &str = "A dictation is in progress";

#[test]
fn the_question_is_about_what_runs_and_goes_when_that_has_ended() {
    let _turn = turn();
    let name = "closing::the_question_is_about_what_runs_and_goes_when_that_has_ended";
    with_server(name, || {
        let desktop = Desktop::start();
        let program = open(&desktop, &json!({}));
        desktop.next("tray");

        tap(&desktop);
        desktop.logged("entry 1 is being recorded");
        desktop.close_window();
        until("the question", || desktop.seen(DICTATING));
        tap(&desktop);
        until("the end of the question", || {
            let asked = [DICTATING, TRANSCRIBING].map(|title| desktop.seen(title));
            (asked == [None, None]).then_some(())
        });
        assert!(desktop.seen("Earmark").is_some(), "the window stays");
        // Once the pill is gone, nothing works any more.
        until("the end of the dictation", || {
            desktop.seen("Dictation").is_none().then_some(())
        });

        let recording = desktop.recording("a day.wav", 4);
        assert!(desktop.open(&[&recording]).ended());
        desktop.logged("entry 2 begins");
        desktop.close_window();
        until("the question", || desktop.seen(TRANSCRIBING));
        desktop.logged("entry 2 is done");
        until("the end of the question", || {
            desktop.seen(TRANSCRIBING).is_none().then_some(())
        });

        let window = until("the window", || desktop.seen("Earmark"));
        let record = ["windowfocus", "--sync", &window, "key", "ctrl+r"];
        xdotool(&desktop.display, &record);
        desktop.logged("entry 3 is being recorded");
        desktop.close_window();
        desktop.answer(RECORDING, &["Escape"]);
        desktop.close_window();
        desktop.answer(RECORDING, &["Tab", "Return"]);
        assert!(program.ended());
        let (_, entries) = desktop.history();
        let last = entries.last().expect("the recording is kept");
        assert_eq!((last.id.0, &last.state), (3, &State::Interrupted));
        assert!(last.duration.is_some(), "it is in good order");
    });
}

/// Sends a signal to the program, and waits for its end.
fn signal(program: Program, signal: &str) {
    let id = program.0.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status();
    assert!(sent.is_ok_and(|it| it.success()));
    program.ended();
}

#[test]
fn unfinished_work_waits_for_a_person_after_every_way_out() {
    type WayOut = (&'static str, fn(&mut Desktop, Program));
    let ways: [WayOut; 3] = [
        ("a kill", |_, program| signal(program, "-KILL")),
        ("a logout", |_, program| signal(program, "-TERM")),
        ("Quit", |desktop, program| {
            desktop.next("tray");
            desktop.do_it("choose Quit Earmark");
            assert!(program.ended());
        }),
    ];
    for (name, way_out) in ways {
        let mut desktop = Desktop::start();
        let long = ["first.wav", "second.wav"].map(|name| desktop.recording(name, 30));
        let program = desktop.open(&[&long[0], &long[1]]);
        desktop.logged("entry 1 begins");
        way_out(&mut desktop, program);

        // What is handed over to the next start is transcribed, and nothing before it.
        let short = desktop.recording("third.wav", 1);
        let program = desktop.open(&[&short]);
        desktop.logged("entry 3 is done");
        let log = fs::read_to_string(desktop.data().join("log/earmark.log")).expect("a log");
        assert_eq!(log.matches("entry 1 begins").count(), 1, "after {name}");
        assert_eq!(log.matches("entry 2 begins").count(), 0, "after {name}");
        // Without work, a closed window ends the program.
        desktop.close_window();
        assert!(program.ended());
        let (_, entries) = desktop.history();
        let states: Vec<&State> = entries.iter().map(|entry| &entry.state).collect();
        let expected = [&State::Interrupted, &State::Interrupted, &State::Done];
        assert_eq!(states, expected, "after {name}");
        assert!(Path::new(&entries[0].asked.source).is_file());
    }
}
