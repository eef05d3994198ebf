//! Events are what the application tells its shells: one stream for the page, the overlays, the tray
//! and notifications, and for whatever else subscribes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::api::{self, DictationState, Failure};
use crate::batch::BatchSummary;

/// What happens in the application, as it happens.
#[derive(Clone, Debug)]
pub enum AppEvent {
    /// For the page, and for overlays that show a part of it.
    Page(api::Event),
    /// What an overlay of captions shows besides: the words of recordings, not of dictations.
    Captions(api::Event),
    /// There is nothing to be captioned any more: the recording has ended, or its text has failed.
    CaptionsEnded,
    /// How far the dictation is; `None` when there is nothing to show any more.
    Dictation(Option<DictationState>),
    /// The list of recent dictations, or which transcript is the last one, is another now.
    RecentChanged,
    /// Settings that shells go by are other ones now.
    SettingsChanged,
    /// [`App::work`](crate::App::work) gives something else now.
    WorkChanged,
    /// All work is done.
    BatchEnded(BatchSummary),
}

/// Receives events until it says that it is gone; it must not wait.
pub type Subscriber = Box<dyn Fn(&AppEvent) -> Delivery + Send>;

/// Whether a subscriber stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It wants the next event, too.
    Subscribed,
    /// It is gone.
    Gone,
}

/// The stream of events; its clones are the same stream.
#[derive(Clone, Default)]
pub struct Events(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    subscribers: Vec<Subscriber>,
    has_page: bool,
    /// Events from before there was a page that it must not miss.
    pending: Vec<api::Event>,
}

impl Events {
    /// Adds a subscriber, which receives all events from now on.
    pub fn subscribe(&self, subscriber: Subscriber) {
        self.state().subscribers.push(subscriber);
    }

    /// Adds the page, which first receives what it must not miss.
    pub fn subscribe_page(&self, subscriber: Subscriber) {
        let mut state = self.state();
        state.has_page = true;
        for event in std::mem::take(&mut state.pending) {
            subscriber(&AppEvent::Page(event));
        }
        state.subscribers.push(subscriber);
    }

    /// Tells all subscribers.
    pub fn publish(&self, event: &AppEvent) {
        let mut state = self.state();
        let subscribers = &mut state.subscribers;
        subscribers.retain(|subscriber| subscriber(event) == Delivery::Subscribed);
    }

    /// Tells the page.
    pub fn page(&self, event: api::Event) {
        self.publish(&AppEvent::Page(event));
    }

    /// Logs a failure that nobody waits for, and tells the page of it as soon as there is one.
    pub fn trouble(&self, failure: Failure) {
        failure.log();
        self.page_in_time(api::Event::Trouble { failure });
    }

    /// Tells the page, as soon as there is one.
    pub fn page_in_time(&self, event: api::Event) {
        let mut state = self.state();
        if state.has_page {
            drop(state);
            self.page(event);
        } else {
            state.pending.push(event);
        }
    }

    /// The same for what may have failed.
    pub fn note(&self, result: Result<(), Failure>) {
        if let Err(failure) = result {
            self.trouble(failure);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::{AppEvent, Delivery, Events};
    use crate::api::{Code, Event, Failure};

    #[test]
    fn failures_wait_for_the_page_and_a_subscriber_that_is_gone_is_forgotten() {
        let events = Events::default();
        events.trouble(Failure::new(Code::Store, "early"));
        let (tell, told) = mpsc::channel();
        let deliver = move |event: &AppEvent| match (event, tell.send(event.clone())) {
            (AppEvent::SettingsChanged, _) | (_, Err(_)) => Delivery::Gone,
            _ => Delivery::Subscribed,
        };
        events.subscribe_page(Box::new(deliver));
        events.trouble(Failure::new(Code::Store, "late"));
        let message = |event| match event {
            AppEvent::Page(Event::Trouble { failure }) => failure.message,
            other => panic!("{other:?}"),
        };
        let told = |n: usize| -> Vec<AppEvent> { told.try_iter().take(n).collect() };
        let messages: Vec<String> = told(2).into_iter().map(message).collect();
        assert_eq!(messages, ["early", "late"]);
        events.publish(&AppEvent::SettingsChanged);
        events.publish(&AppEvent::RecentChanged);
        assert_eq!(told(9).len(), 1, "it left with the first of them");
    }
}
