//! Dictation: a key is pressed anywhere, somebody speaks, and the words stand where they write.
//!
//! ```text
//! shortcut ──> flow ──> microphone ──> entry of the history ──> text ──> cursor or clipboard
//!                └────> pill
//! ```
//!
//! A dictation is a recording like any other, on disk before it is heard, and stays in the history;
//! so nothing that was said is lost when its text finds no place. The microphone is opened with the
//! press of the key and never before: nobody is listened to without having asked for it. That takes
//! a moment (some 50 ms here), and the pill says that it listens only when it does; everything from
//! the opening on is kept, also what comes before the recording has its file.

mod clipboard;
#[cfg(target_os = "linux")]
mod display;
mod flow;
mod hand;
mod insert;
mod keyboard;
mod keys;
mod pill;
mod recent;
mod shortcut;
mod text;

use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use earmark_store::{ItemId, Origin};
use tauri::AppHandle;

use self::flow::{Flow, World};
use self::hand::Fingers;
use self::insert::Place;
use crate::contract::{Failure, Insertion, Pill, Standing};
use crate::desk::{Desk, Room};
use crate::{front, log};

pub(crate) use self::flow::Said;
pub(crate) use self::pill::recall;
pub(crate) use self::recent::{Recent, copy};
pub(crate) use self::shortcut::is_possible;

/// How long the flow may rest when nothing is to be done.
const LONG: Duration = Duration::from_hours(1);

/// The shortest recording that is kept without a word in it. Units: ms.
const WORTH_KEEPING_MS: u32 = 1000;

/// The way to the flow. It takes in what is said before the flow is there, too.
pub(crate) struct Ear {
    say: Sender<Said>,
    /// Until somebody listens.
    inbox: Mutex<Option<Receiver<Said>>>,
}

impl Default for Ear {
    fn default() -> Self {
        let (say, inbox) = mpsc::channel();
        Self {
            say,
            inbox: Mutex::new(Some(inbox)),
        }
    }
}

impl Ear {
    /// Begins a dictation, or ends it, as a short press of the shortcut does.
    pub(crate) fn switch(&self) {
        let now = Instant::now();
        for said in [Said::Down(now), Said::Up(now)] {
            let _ = self.say.send(said);
        }
    }
}

/// Begins to listen to the shortcut of the settings; what stands in the way is told the page.
pub(crate) fn start(app: &AppHandle) {
    let desk = front::desk(app);
    let inbox = desk.ear.inbox.lock().ok().and_then(|mut it| it.take());
    if let Some(inbox) = inbox {
        let shell = Shell::start(app.clone(), desk.ear.say.clone());
        thread::spawn(move || run(Flow::new(shell), &inbox));
    }
    let keys = desk.room().settings.dictation_shortcut.clone();
    let taken = change_shortcut(app, None, keys.as_deref());
    let mut room = desk.room();
    room.shortcut = *taken.as_ref().unwrap_or(&Standing::Refused);
    if room.shortcut == Standing::Works {
        log::info("the shortcut dictates");
    }
    room.note(taken.map(|_| ()));
    drop(room);
    // The window does not wait for what the tray lists.
    let app = app.clone();
    thread::spawn(move || Recent::tell(&app));
}

/// Takes the shortcut of new settings in place of that of the old ones; what it does now.
///
/// Errors: it cannot be had; then the old one is kept.
pub(crate) fn change_shortcut(
    app: &AppHandle,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Standing, Failure> {
    if !shortcut::is_possible() {
        return Ok(Standing::None);
    }
    shortcut::change(app, from, to, &front::desk(app).ear.say)?;
    Ok(to.map_or(Standing::None, |_| Standing::Works))
}

/// Hears what is said until the program ends.
fn run(mut flow: Flow<Shell>, inbox: &Receiver<Said>) {
    loop {
        match inbox.recv_timeout(flow.rest(Instant::now()).unwrap_or(LONG)) {
            Ok(said) => flow.hear(said, Instant::now()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        flow.pass(Instant::now());
    }
}

/// The program around the flow.
struct Shell {
    app: AppHandle,
    say: Sender<Said>,
    /// Finished dictations, to be put one after the other.
    finished: Sender<ItemId>,
}

impl Shell {
    fn start(app: AppHandle, say: Sender<Said>) -> Self {
        let (finished, inbox) = mpsc::channel();
        let (putting, put) = (app.clone(), say.clone());
        thread::spawn(move || {
            for id in inbox {
                let _ = put.send(Said::Put(id, bring(&putting, id)));
                Recent::tell(&putting);
            }
        });
        Self { app, say, finished }
    }
}

impl World for Shell {
    fn begin(&mut self) -> Result<ItemId, Failure> {
        let begun = front::desk(&self.app).dictate(self.say.clone());
        begun.inspect_err(Failure::log)
    }

    fn end(&mut self, id: ItemId) {
        front::desk(&self.app).room().stop_take(id);
    }

    fn put(&mut self, id: ItemId) {
        let _ = self.finished.send(id);
    }

    fn show(&mut self, pill: Option<Pill>) {
        pill::show(&self.app, pill.as_ref());
    }
}

/// Brings the text of a finished dictation to where somebody writes; nothing when there is none.
fn bring(app: &AppHandle, id: ItemId) -> Result<Option<Place>, Failure> {
    let desk = front::desk(app);
    let (text, way) = (dictated(&desk, id)?, desk.room().way_to_insert());
    if text.trim().is_empty() {
        desk.room().forget_slip(id)?;
        return Ok(None);
    }
    let place = insert::insert(&mut Fingers::of(app), way, &text)?;
    log::info(&format!("entry {} is dictated", id.0));
    Ok(Some(place))
}

/// The text of a dictation, as the settings want it. It is written while nobody waits for the room.
pub(crate) fn dictated(desk: &Desk, id: ItemId) -> Result<String, Failure> {
    let room = desk.room();
    let (transcript, has_marks) = (room.store.transcript(id)?, room.settings.dictation_marks);
    drop(room);
    Ok(text::said(&transcript, has_marks))
}

impl Room {
    /// How a text is inserted here.
    fn way_to_insert(&self) -> Insertion {
        if shortcut::is_possible() {
            self.settings.dictation_insertion
        } else {
            Insertion::Copy
        }
    }

    /// Removes a recording that somebody made by mistake: too short for a word, and none in it.
    fn forget_slip(&mut self, id: ItemId) -> Result<(), Failure> {
        let item = self.store.item(id)?;
        let is_slip = item.duration.is_none_or(|it| it.0 < WORTH_KEEPING_MS);
        if is_slip && item.asked.origin == Origin::Dictation {
            crate::desk::remove(self.store.delete(&[id])?);
        }
        Ok(())
    }
}
