//! The desk is everything the shell holds: the history, the queue, the settings, the player's
//! server, and the page that is told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

use arboard::Clipboard;
use earmark_jobs::{CancelToken, InstalledModels, Listener, Queue};
use earmark_server::{Link, Server};
use earmark_store::{Error, Filter, ItemId, Stage, Store};
use jiff::Timestamp;
use tauri::AppHandle;
use tauri::ipc::Channel;

use crate::contract::{Code, Entry, Event, Failure, Model, Pill, Settings, Standing, State};
use crate::door::{self, Knock};
use crate::notice::Stint;
use crate::order::Running;
use crate::take::Take;
use crate::{convert, dictation, front, log, settings, stock};

/// Days that deleted entries can be taken back.
const TRASH_DAYS: i64 = 30;

/// The desk, shared by commands and the thread that hears the queue.
pub(crate) struct Desk {
    room: Mutex<Room>,
    /// Hears what is said; taken before the room, never after it.
    pub(crate) listener: Mutex<Listener>,
    /// Hears when somebody wants to dictate.
    pub(crate) ear: dictation::Ear,
    /// The program around it, once there is one.
    app: OnceLock<AppHandle>,
}

/// What lies on the desk.
pub(crate) struct Room {
    pub(crate) store: Store,
    pub(crate) queue: Queue,
    pub(crate) stock: InstalledModels,
    /// The entries of the queue, first to last.
    pub(crate) order: Vec<ItemId>,
    /// How far entries are where that is more than the history knows.
    pub(crate) live: HashMap<ItemId, State>,
    pub(crate) running: Option<Running>,
    /// What is being recorded, or was and is still being heard.
    pub(crate) takes: Vec<Take>,
    /// The work since something was to be done.
    pub(crate) stint: Stint,
    /// The transcript that was finished last.
    pub(crate) last_done: Option<ItemId>,
    /// Whether the shortcut for dictation does something.
    pub(crate) shortcut: Standing,
    /// What the pill shows.
    pub(crate) pill: Option<Pill>,
    /// Stops the lines that are being heard again.
    pub(crate) redoing: Option<CancelToken>,
    pub(crate) settings: Settings,
    pub(crate) models: Vec<Model>,
    /// How often the text of an entry was changed in this process.
    pub(crate) revisions: HashMap<ItemId, u64>,
    /// What was exported last.
    pub(crate) exported: Option<PathBuf>,
    /// Where the history and the settings lie.
    pub(crate) folder: PathBuf,
    pub(crate) file: earmark_store::Settings,
    player: Option<Server>,
    links: HashMap<ItemId, Link>,
    clipboard: Option<Clipboard>,
    page: Option<Channel<Event>>,
    /// The small windows, by name.
    pub(crate) panes: HashMap<String, Channel<Event>>,
    /// What went wrong before there was a page.
    troubles: Vec<Failure>,
}

impl Desk {
    /// Opens the history and the settings and starts the queue; nothing when another process has
    /// them open and took over what this one was started for.
    ///
    /// Errors: not even a folder for this session can be had.
    pub(crate) fn open(knock: &Knock) -> Result<Option<Arc<Self>>, Failure> {
        let mut troubles = Vec::new();
        let folder = earmark_store::default_folder().unwrap_or_else(for_this_session);
        let (store, folder) = match open_store(&folder, &mut troubles) {
            Ok(store) => (store, folder),
            Err(Error::InUse { .. }) if knock.hand_over(&folder) => return Ok(None),
            Err(error) => {
                let message = format!("{error}; until then nothing is kept");
                troubles.push(Failure::new(Code::Store, message));
                let folder = for_this_session();
                (Store::open(&folder.join("history.db"))?, folder)
            }
        };
        log::start(log::folder(&folder));
        log::info(&format!("Earmark {} starts", env!("CARGO_PKG_VERSION")));
        troubles.iter().for_each(Failure::log);
        let loaded = earmark_store::Settings::load(&earmark_store::Settings::file(&folder));
        let warnings = loaded.warnings.into_iter();
        troubles.extend(warnings.map(|warning| Failure::new(Code::Store, warning)));
        let player = Server::start()
            .map_err(|error| troubles.push(Failure::new(Code::Internal, error.to_string())))
            .ok();
        let (queue, events) = Queue::start();
        let (stock, news) = stock::open(&loaded.settings, &mut troubles);
        let mut room = Room {
            store,
            queue,
            stock,
            order: Vec::new(),
            live: HashMap::new(),
            running: None,
            takes: Vec::new(),
            stint: Stint::default(),
            last_done: None,
            shortcut: Standing::default(),
            pill: None,
            redoing: None,
            settings: settings::from_file(&loaded.settings),
            models: Vec::new(),
            revisions: HashMap::new(),
            exported: None,
            folder,
            file: loaded.settings,
            player,
            links: HashMap::new(),
            clipboard: None,
            page: None,
            panes: HashMap::new(),
            troubles,
        };
        room.models = room.known_models();
        let unload_after = settings::unload_after(&room.settings);
        room.queue.unload_after(unload_after);
        let tidied = room.tidy().and_then(|()| room.take_up());
        let begun = tidied.and_then(|()| room.recall_last());
        room.note(begun);
        let folder = room.folder.clone();
        let desk = Arc::new(Self {
            room: Mutex::new(room),
            listener: Mutex::default(),
            ear: dictation::Ear::default(),
            app: OnceLock::new(),
        });
        let heard_by = Arc::clone(&desk);
        thread::spawn(move || {
            let each = events.iter();
            each.for_each(|event| heard_by.hear(|room| room.hear(event)));
        });
        let told_by = Arc::clone(&desk);
        thread::spawn(move || stock::hear(&told_by, &news));
        let visited = Arc::clone(&desk);
        if let Err(error) = door::open(&folder, move |knock| visited.let_in(knock)) {
            log::warn(&format!("a second start cannot hand over: {error}"));
        }
        front::take_in(Arc::clone(&desk), knock.files());
        if knock.dictates {
            desk.ear.switch();
        }
        Ok(Some(desk))
    }

    /// The things on the desk, for one at a time. Who holds them must not wait for the main thread,
    /// which may be waiting for them.
    pub(crate) fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on there is a program around it.
    pub(crate) fn belong_to(&self, app: AppHandle) {
        let _ = self.app.set(app);
    }

    /// Takes in what happens to the work, and tells a person who looks elsewhere when all is done.
    pub(crate) fn hear(&self, take_in: impl FnOnce(&mut Room)) {
        let mut room = self.room();
        take_in(&mut room);
        let is_at_rest = !room.is_working();
        let over = is_at_rest
            .then(|| room.stint.rest(Instant::now()))
            .flatten();
        drop(room);
        if let (Some(over), Some(app)) = (over, self.app.get()) {
            front::announce(app, &over);
        }
    }

    /// Does what a second start was asked for.
    fn let_in(self: &Arc<Self>, knock: Knock) {
        front::take_in(Arc::clone(self), knock.files());
        if knock.dictates {
            self.ear.switch();
        } else if let Some(app) = self.app.get() {
            front::raise(app, knock.startup_id);
        }
    }

    /// The program ends: what is being heard goes on from there with the next start.
    pub(crate) fn leave(&self) {
        let mut room = self.room();
        let left = room.leave();
        room.note(left);
        door::close(&room.folder);
        log::info("Earmark ends");
    }
}

impl Room {
    /// A page that is told everything from now on.
    pub(crate) fn show_on(&mut self, page: Channel<Event>) {
        self.page = Some(page);
        for failure in std::mem::take(&mut self.troubles) {
            self.tell(Event::Trouble { failure });
        }
    }

    /// Tells the page; one that is gone needs no news.
    pub(crate) fn tell(&self, event: Event) {
        if let Some(page) = &self.page {
            let _ = page.send(event);
        }
    }

    /// Tells the page of a failure that nobody was waiting for.
    pub(crate) fn note(&mut self, result: Result<(), Failure>) {
        let Err(failure) = result else {
            return;
        };
        failure.log();
        if self.page.is_some() {
            self.tell(Event::Trouble { failure });
        } else {
            self.troubles.push(failure);
        }
    }

    /// An entry as it is now.
    pub(crate) fn entry(&self, id: ItemId) -> Result<Entry, Failure> {
        let item = self.store.item(id)?;
        Ok(convert::entry(&item, self.live.get(&id), &self.models))
    }

    /// Tells the page how an entry is now.
    pub(crate) fn tell_entry(&self, id: ItemId) {
        // One that was removed meanwhile is no news.
        if let Ok(entry) = self.entry(id) {
            self.tell(Event::Entry { entry });
        }
    }

    /// Tells the page the order of the queue.
    pub(crate) fn tell_queue(&self) {
        let ids = self.order.iter().map(|id| id.0).collect();
        self.tell(Event::Queue { ids });
    }

    /// Takes over settings, keeps them, and does what follows from them.
    pub(crate) fn set(&mut self, settings: Settings) -> Result<(), Failure> {
        self.go_by(&settings)?;
        let mut file = self.file.clone();
        settings::into_file(&settings, &mut file);
        file.save(&earmark_store::Settings::file(&self.folder))?;
        self.file = file;
        let keeps_less = settings.keep_days != self.settings.keep_days;
        self.stock.network().set_off(settings.network_off);
        self.queue.unload_after(settings::unload_after(&settings));
        self.settings = settings;
        self.tell_panes_settings();
        self.models = self.known_models();
        if keeps_less {
            self.tidy()?;
            let store = &self.store;
            let is_kept = |id: &ItemId| store.item(*id).is_ok_and(|item| item.deleted.is_none());
            self.order.retain(is_kept);
            self.tell_queue();
        }
        Ok(())
    }

    /// Deletes what is older than the settings keep, and removes what was deleted long ago.
    fn tidy(&mut self) -> Result<(), Failure> {
        let now = Timestamp::now();
        let ago = |days: i64| Timestamp::from_second(now.as_second() - days * 24 * 60 * 60);
        if let Some(Ok(then)) = self.settings.keep_days.map(|days| ago(i64::from(days))) {
            self.store.delete_older(then, now)?;
        }
        if let Ok(then) = ago(TRASH_DAYS) {
            remove(self.store.empty_trash(then)?);
        }
        Ok(())
    }

    /// Looks up which transcript was finished last, as far as the history tells.
    pub(crate) fn recall_last(&mut self) -> Result<(), Failure> {
        let done = Filter {
            stages: vec![Stage::Done],
            ..Filter::default()
        };
        let newest = self.store.list(&done, None, 1)?;
        self.last_done = newest.first().map(|item| item.id);
        Ok(())
    }

    /// Puts what the last process left into the queue: what waited waits again, what was being
    /// heard can be gone on with.
    fn take_up(&mut self) -> Result<(), Failure> {
        let left = Filter {
            stages: vec![Stage::Waiting, Stage::Interrupted],
            ..Filter::default()
        };
        let items = self.store.list(&left, None, usize::MAX)?;
        for item in items.iter().rev() {
            if self.recover_take(item)? {
                self.order.push(item.id);
            }
        }
        Ok(())
    }

    /// The models that can be chosen, the chosen folder among them.
    fn known_models(&self) -> Vec<Model> {
        let mut models: Vec<Model> = earmark_jobs::models().into_iter().map(Into::into).collect();
        let chosen = &self.settings.model;
        if models.iter().all(|model| model.name != *chosen)
            && let Ok(model) = earmark_jobs::model(Path::new(chosen))
        {
            models.push(model.into());
        }
        models
    }

    /// Where the player listens; none when there is no player.
    pub(crate) fn player_address(&self) -> Option<SocketAddr> {
        self.player.as_ref().map(Server::address)
    }

    /// Where the outlines of recordings are kept.
    pub(crate) fn outlines(&self) -> PathBuf {
        self.folder.join("outlines")
    }

    /// Looks anew which models can be chosen, and tells the page.
    pub(crate) fn look_for_models(&mut self) {
        self.models = self.known_models();
        let models = self.models.clone();
        self.tell(Event::Models { models });
    }

    /// The mirror of the settings.
    pub(crate) fn mirror(&self) -> Option<&str> {
        self.file.mirror.as_deref()
    }

    /// Where the player gets a recording; none when it is not there any more.
    pub(crate) fn audio_url(&mut self, id: ItemId) -> Result<Option<String>, Failure> {
        let source = self.store.item(id)?.asked.source;
        let Some(player) = self.player.as_ref().filter(|_| source.is_file()) else {
            return Ok(None);
        };
        let link = self.links.entry(id);
        Ok(Some(
            link.or_insert_with(|| player.register(source)).url.clone(),
        ))
    }

    /// Puts a text on the clipboard.
    pub(crate) fn copy(&mut self, text: String) -> Result<(), Failure> {
        let trouble = |error: arboard::Error| {
            Failure::new(
                Code::Internal,
                format!("the clipboard cannot be used: {error}"),
            )
        };
        // It is kept: on Linux a text is gone from the clipboard with who put it there.
        if self.clipboard.is_none() {
            self.clipboard = Some(Clipboard::new().map_err(trouble)?);
        }
        match &mut self.clipboard {
            Some(clipboard) => clipboard.set_text(text).map_err(trouble),
            None => Ok(()),
        }
    }
}

/// Opens the history; one that is damaged is set aside, never deleted.
fn open_store(folder: &Path, troubles: &mut Vec<Failure>) -> Result<Store, Error> {
    let path = folder.join("history.db");
    match Store::open(&path) {
        Err(error @ (Error::Damaged { .. } | Error::Foreign { .. })) => {
            let aside = Store::set_aside(&path, Timestamp::now())?;
            let store = Store::open(&path)?;
            let message = format!(
                "{error}; it lies at `{}`, and a new one begins",
                aside.display()
            );
            troubles.push(Failure::new(Code::Store, message));
            Ok(store)
        }
        other => other,
    }
}

/// Removes recordings that belonged to the program and that no entry needs any more.
pub(crate) fn remove(recordings: Vec<PathBuf>) {
    for recording in recordings {
        if let Err(error) = std::fs::remove_file(recording) {
            log::warn(&format!("a recording was not removed: {error}"));
        }
    }
}

/// A folder for what cannot be kept.
fn for_this_session() -> PathBuf {
    std::env::temp_dir().join(format!("earmark-{}", std::process::id()))
}
