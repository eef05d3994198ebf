//! Lines that are heard again: what is asked of the queue. What comes of it is the page's to save.

use earmark_jobs::{AlignerChoice, Language, Span, Task};
use earmark_store::ItemId;

use crate::contract::{Code, Failure, Redo};
use crate::desk::Room;
use crate::settings;

impl Room {
    /// Begins to hear lines of an entry again, with the present model.
    ///
    /// Errors: there are no such lines, or the entry is being heard.
    pub(crate) fn redo(
        &mut self,
        id: ItemId,
        redo: Redo,
    ) -> Result<earmark_jobs::Retranscription, Failure> {
        let conflict = |message| Failure::new(Code::Conflict, message);
        if self.is_running(id) {
            let message = "the recording is still being heard; wait until it is done";
            return Err(conflict(message));
        }
        let (at, n, task) = match redo {
            Redo::Align { at, n } => (at, n, Task::Align),
            Redo::Recognise {
                at,
                n,
                language,
                context,
            } => {
                let language = language.as_deref().and_then(Language::find);
                (at, n, Task::Recognise { language, context })
            }
        };
        let segments = self.store.transcript(id)?.segments;
        let range = Span::room(&segments, at, n).ok_or_else(|| {
            conflict("the transcript has fewer lines than are to be heard; open it again")
        })?;
        let redo = self.queue.retranscribe(Span {
            recording: self.store.item(id)?.asked.source,
            model: self.settings.model.clone(),
            aligner: AlignerChoice::Auto,
            settings: earmark_jobs::Settings {
                device: settings::device(&self.settings.device),
                ..earmark_jobs::Settings::default()
            },
            range,
            lines: segments[at..at + n].to_vec(),
            task,
        });
        self.stop_redo();
        self.redoing = Some(redo.cancel_token());
        Ok(redo)
    }

    /// Stops what is being heard again.
    pub(crate) fn stop_redo(&mut self) {
        if let Some(stopper) = self.redoing.take() {
            stopper.stop();
        }
    }
}
