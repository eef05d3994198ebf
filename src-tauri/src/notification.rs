//! Notifications of the system.

use earmark_app::{Notification, Words, log};
use tauri::AppHandle;

/// Shows a notification in place of the one before, and its entry to who clicks on it, where the system
/// says so. A system without notifications shows nothing; the log says so.
pub(crate) fn show(app: &AppHandle, notification: &Notification, words: &Words) {
    if let Err(why) = system::show(app, notification, words) {
        log::warn(&format!("no notification: {}", log::discreet(&why)));
    }
}

#[cfg(target_os = "linux")]
mod system {
    //! The freedesktop.org notification service, over the bus that GTK is on already.
    //!
    //! Source: Desktop Notifications Specification 1.3.

    use std::collections::HashMap;
    use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
    use std::thread;

    use earmark_app::{EntryId, Notification, Words};
    use gtk::gio::{DBusCallFlags, DBusConnection, DBusSignalFlags};
    use gtk::glib::{MainContext, MainLoop, ToVariant, Variant, VariantTy};
    use tauri::AppHandle;

    use crate::{dbus, main_window};

    const NAME: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";

    /// What a click on the notification itself is called.
    const CLICK: &str = "default";
    const BUTTON: &str = "show";

    /// The notification that was shown last.
    #[derive(Default)]
    struct Last {
        id: u32,
        entry: Option<EntryId>,
        /// What the desktop gave along with a click, so that the window may come to the front.
        token: Option<String>,
    }

    fn last() -> MutexGuard<'static, Last> {
        static LAST: OnceLock<Mutex<Last>> = OnceLock::new();
        let last = LAST.get_or_init(Mutex::default);
        last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn show(
        app: &AppHandle,
        notification: &Notification,
        words: &Words,
    ) -> Result<(), String> {
        static LISTENS: OnceLock<()> = OnceLock::new();
        let bus = dbus::session().ok_or("there is no session bus")?;
        LISTENS.get_or_init(|| listen(bus.clone(), app.clone()));
        // A click may be heard before the answer is: it waits here for the number.
        let mut last = last();
        let message = (
            "Earmark",
            last.id,
            "earmark-desktop",
            &notification.title,
            &notification.text,
            vec![CLICK, words.show, BUTTON, words.show],
            HashMap::from([("desktop-entry", "Earmark".to_variant())]),
            -1_i32,
        );
        let answer = bus.call_sync(
            Some(NAME),
            PATH,
            NAME,
            "Notify",
            Some(&message.to_variant()),
            Some(VariantTy::new("(u)").map_err(|error| error.to_string())?),
            DBusCallFlags::NONE,
            dbus::TIMEOUT_MS,
            dbus::NEVER_CANCELLED,
        );
        let answer = answer.map_err(|error| error.message().to_owned())?;
        let (id,): (u32,) = answer.get().ok_or("the service gave no number")?;
        last.id = id;
        last.entry = Some(notification.entry);
        Ok(())
    }

    /// Receives clicks from now on, on a thread of its own.
    fn listen(bus: DBusConnection, app: AppHandle) {
        let (ready, is_ready) = mpsc::channel();
        thread::spawn(move || {
            let context = MainContext::new();
            let _ = context.with_thread_default(|| {
                bus.signal_subscribe(
                    Some(NAME),
                    Some(NAME),
                    None,
                    Some(PATH),
                    None,
                    DBusSignalFlags::NONE,
                    move |_, _, _, _, signal, values| receive(&app, signal, values),
                );
                let _ = ready.send(());
                MainLoop::new(Some(&context), false).run();
            });
        });
        let _ = is_ready.recv();
    }

    fn receive(app: &AppHandle, signal: &str, values: &Variant) {
        let Some((id, what)) = values.get::<(u32, String)>() else {
            return;
        };
        let mut last = last();
        match signal {
            _ if id != last.id => {}
            "ActivationToken" => last.token = Some(what),
            "ActionInvoked" => {
                let token = last.token.take();
                if let Some(entry) = last.entry {
                    main_window::show_entry(app, entry, token);
                }
            }
            _ => {}
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! The plugin's notifications. A click brings the window to the front at most; which entry it
    //! was about is not said.

    use earmark_app::{Notification, Words};
    use tauri::AppHandle;
    use tauri_plugin_notification::NotificationExt;

    pub(super) fn show(
        app: &AppHandle,
        notification: &Notification,
        _: &Words,
    ) -> Result<(), String> {
        let builder = app.notification().builder();
        let shown = builder
            .title(&notification.title)
            .body(&notification.text)
            .show();
        shown.map_err(|error| error.to_string())
    }
}
