//! What outside of pages follows the events of the application: the tray, notifications, the question
//! that a closed window asks, and the overlays' coming and going. Each has a thread of its own, because windows make others wait.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use earmark_app::{App, AppEvent, Delivery};
use tauri::{AppHandle, Manager};

use crate::desktop::Desktop;
use crate::overlay::{self, CAPTIONS};
use crate::{close_request, dictation, notification, tray};

/// Begins to follow the events.
pub(crate) fn start(handle: &AppHandle, app: &Arc<App>) {
    follow(handle, app, |handle, app, event| match event {
        AppEvent::RecentChanged => tray::show_recent(handle, app),
        AppEvent::SettingsChanged => {
            tray::set_words(handle, app.words());
            tray::allow_copy(handle, app.has_last_transcript());
        }
        AppEvent::WorkChanged => close_request::follow_work(handle),
        AppEvent::CaptionsEnded => overlay::close(handle, &CAPTIONS),
        AppEvent::BatchEnded(summary) => {
            tray::allow_copy(handle, app.has_last_transcript());
            if let Some(notification) = app.notification(&summary)
                && !handle.state::<Desktop>().has_focus()
            {
                notification::show(handle, &notification, app.words());
            }
        }
        _ => {}
    });
    follow(handle, app, |handle, app, event| {
        if let AppEvent::Dictation(state) = event {
            dictation::show_state(handle, app, state);
        }
    });
}

/// Gives every event to `receive`, on a thread of its own.
fn follow(
    handle: &AppHandle,
    app: &Arc<App>,
    receive: impl Fn(&AppHandle, &Arc<App>, AppEvent) + Send + 'static,
) {
    let (tell, told) = mpsc::channel();
    app.events().subscribe(Box::new(move |event| {
        let is_page = matches!(event, AppEvent::Page(_) | AppEvent::Captions(_));
        if is_page || tell.send(event.clone()).is_ok() {
            Delivery::Subscribed
        } else {
            Delivery::Gone
        }
    }));
    let (handle, app) = (handle.clone(), Arc::clone(app));
    thread::spawn(move || told.iter().for_each(|event| receive(&handle, &app, event)));
}
