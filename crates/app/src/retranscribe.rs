//! Lines that are recognised or aligned again: what is asked of the engine. What comes of it is the
//! page's to save.

use std::sync::{Arc, Mutex, PoisonError};

use earmark_jobs::{AlignerChoice, CancelToken, Language, Span, Task};
use earmark_store::EntryId;

use crate::api::{Code, Failure, Retranscription, Segment};
use crate::history::History;
use crate::queue::Queue;
use crate::settings::{self, SettingsFile};

/// Recognises or aligns lines again, one request at a time.
pub(crate) struct Retranscriber {
    history: History,
    settings: Arc<SettingsFile>,
    /// Stops the request that is under way.
    running: Mutex<Option<CancelToken>>,
}

impl Retranscriber {
    pub(crate) fn new(history: History, settings: Arc<SettingsFile>) -> Self {
        Self {
            history,
            settings,
            running: Mutex::default(),
        }
    }

    /// Recognises or aligns lines of an entry again, with the present model, and waits for it; `None`
    /// when it was stopped.
    ///
    /// Errors: there are no such lines, or the recording or the model fails.
    pub(crate) fn run(
        &self,
        id: EntryId,
        request: Retranscription,
        queue: &Queue,
    ) -> Result<Option<Vec<Segment>>, Failure> {
        let (at, n, task) = match request {
            Retranscription::Align { at, n } => (at, n, Task::Align),
            Retranscription::Recognise {
                at,
                n,
                language,
                context,
            } => {
                let language = language.as_deref().and_then(Language::find);
                (at, n, Task::Recognise { language, context })
            }
        };
        let segments = self.history.read(|store| store.transcript(id))?.segments;
        let range = Span::room(&segments, at, n).ok_or_else(|| {
            let message = "the transcript has fewer lines than were chosen; open it again";
            Failure::new(Code::Conflict, message)
        })?;
        let settings = self.settings.get();
        let span = Span {
            recording: self.history.read(|store| store.entry(id))?.asked.source,
            model: settings.model.clone(),
            aligner: AlignerChoice::Auto,
            settings: settings::engine(&settings),
            range,
            lines: segments[at..at + n].to_vec(),
            task,
        };
        let request = queue.jobs().retranscribe(span);
        self.replace(Some(request.cancel_token()));
        let lines = request.wait()?;
        Ok(lines.map(|lines| lines.iter().map(Segment::from).collect()))
    }

    /// Stops the request that is under way.
    pub(crate) fn stop(&self) {
        self.replace(None);
    }

    /// Stops the request that is under way, and remembers what stops the next.
    fn replace(&self, next: Option<CancelToken>) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = std::mem::replace(&mut *running, next) {
            token.stop();
        }
    }
}
