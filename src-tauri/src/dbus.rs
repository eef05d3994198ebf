//! The session bus of a Linux desktop, when there is one.

use std::sync::OnceLock;

use gtk::gio::{self, BusType, Cancellable, DBusCallFlags, DBusConnection};
use gtk::glib::ToVariant;

/// How long an answer may take. Units: ms.
pub(crate) const TIMEOUT_MS: i32 = 5000;

pub(crate) const NEVER_CANCELLED: Option<&Cancellable> = None;

/// The session bus; none where nobody runs one. Waits for it, so not for the main thread.
pub(crate) fn session() -> Option<&'static DBusConnection> {
    static BUS: OnceLock<Option<DBusConnection>> = OnceLock::new();
    BUS.get_or_init(|| {
        // Without an address GIO would try to start a bus.
        let has_address = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
            || std::env::var_os("XDG_RUNTIME_DIR")
                .is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists());
        let bus = has_address.then(|| gio::bus_get_sync(BusType::Session, NEVER_CANCELLED));
        let bus = bus?.ok()?;
        // Earmark goes on without it, and does not end with it.
        bus.set_exit_on_close(false);
        Some(bus)
    })
    .as_ref()
}

/// Whether somebody on the bus has this name.
pub(crate) fn has(name: &str) -> bool {
    let answer = session().and_then(|bus| {
        let asked = bus.call_sync(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
            "NameHasOwner",
            Some(&(name,).to_variant()),
            None,
            DBusCallFlags::NONE,
            TIMEOUT_MS,
            NEVER_CANCELLED,
        );
        asked.ok()?.get::<(bool,)>()
    });
    answer.is_some_and(|(is_there,)| is_there)
}
