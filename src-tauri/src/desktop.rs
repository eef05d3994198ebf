//! The desktop around the application: the player, the clipboard, and which pages are subscribed.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arboard::Clipboard;
use earmark_app::api::{Code, DictationState, Failure, ShortcutState};
use earmark_app::{App, AppEvent, Delivery, EntryId, Subscriber};
use earmark_server::{Link, Server};

/// What the shell holds; each part has a lock of its own.
pub(crate) struct Desktop {
    player: Option<Server>,
    links: Mutex<HashMap<EntryId, Link>>,
    clipboard: Mutex<Option<Clipboard>>,
    /// Whether the page of a window is still the one that subscribed.
    pages: Mutex<HashMap<String, Arc<AtomicBool>>>,
    /// How far the dictation is.
    dictation: Mutex<Option<DictationState>>,
    /// Whether the shortcut for dictation does something.
    shortcut: Mutex<ShortcutState>,
    has_focus: AtomicBool,
}

impl Desktop {
    /// Starts the player; without one, recordings are not played.
    pub(crate) fn start(app: &App) -> Self {
        let player = Server::start().map_err(|error| {
            let failure = Failure::new(Code::Internal, error.to_string());
            app.events().trouble(failure);
        });
        Self {
            player: player.ok(),
            links: Mutex::default(),
            clipboard: Mutex::default(),
            pages: Mutex::default(),
            dictation: Mutex::default(),
            shortcut: Mutex::default(),
            has_focus: AtomicBool::default(),
        }
    }

    /// Where the player listens; none when there is no player.
    pub(crate) fn player_address(&self) -> Option<SocketAddr> {
        self.player.as_ref().map(Server::address)
    }

    /// The address of a recording for the player of the page; none when there is no player.
    pub(crate) fn audio_url(&self, entry: EntryId, recording: &Path) -> Option<String> {
        let player = self.player.as_ref()?;
        let mut links = lock(&self.links);
        let link = links
            .entry(entry)
            .or_insert_with(|| player.register(recording.to_owned()));
        Some(link.url.clone())
    }

    /// Puts a text on the clipboard.
    ///
    /// Errors: there is no clipboard.
    pub(crate) fn copy(&self, text: &str) -> Result<(), Failure> {
        let unusable = |error: arboard::Error| {
            let message = format!("the clipboard cannot be used: {error}");
            Failure::new(Code::Internal, message)
        };
        // It is kept: on Linux a text is gone from the clipboard with who put it there.
        let mut clipboard = lock(&self.clipboard);
        if clipboard.is_none() {
            *clipboard = Some(Clipboard::new().map_err(unusable)?);
        }
        match &mut *clipboard {
            Some(clipboard) => clipboard.set_text(text).map_err(unusable),
            None => Ok(()),
        }
    }

    /// A subscriber for the page of a window, in place of the one before.
    pub(crate) fn subscriber(
        &self,
        window: &str,
        deliver: impl Fn(&AppEvent) + Send + 'static,
    ) -> Subscriber {
        let is_open = Arc::new(AtomicBool::new(true));
        let before = lock(&self.pages).insert(window.to_owned(), Arc::clone(&is_open));
        if let Some(before) = before {
            before.store(false, Ordering::Relaxed);
        }
        Box::new(move |event| {
            if !is_open.load(Ordering::Relaxed) {
                return Delivery::Gone;
            }
            deliver(event);
            Delivery::Subscribed
        })
    }

    /// A window is gone, and its page with it.
    pub(crate) fn unsubscribe(&self, window: &str) {
        if let Some(is_open) = lock(&self.pages).remove(window) {
            is_open.store(false, Ordering::Relaxed);
        }
    }

    /// Whether the page of a window is there.
    pub(crate) fn is_subscribed(&self, window: &str) -> bool {
        lock(&self.pages).contains_key(window)
    }

    pub(crate) fn dictation(&self) -> MutexGuard<'_, Option<DictationState>> {
        lock(&self.dictation)
    }

    pub(crate) fn shortcut(&self) -> MutexGuard<'_, ShortcutState> {
        lock(&self.shortcut)
    }

    pub(crate) fn set_focus(&self, has_focus: bool) {
        self.has_focus.store(has_focus, Ordering::Relaxed);
    }

    /// Whether somebody looks at the main window.
    pub(crate) fn has_focus(&self) -> bool {
        self.has_focus.load(Ordering::Relaxed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
