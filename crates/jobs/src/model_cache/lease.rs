//! A lease keeps a model in memory for its user, and is the only way to compute with it.

use std::sync::Arc;

use earmark_pipeline::{Align, Models, Policy, live};

use super::backend::{LoadedPair, SharedAligner, SharedRecognizer};
use super::request::Priority;
use super::state::{Hold, Shared, Slot};
use super::turn::{LiveTurn, WaitTime, Yielding};
use crate::Loaded;

/// The use of a loaded model. It ends when this is dropped.
pub(crate) struct Lease {
    model: LoadedPair,
    was_loaded_for_it: bool,
    waited: WaitTime,
    /// Last, so that the handles of the weights are gone before the lease is.
    hold: Hold,
}

impl Lease {
    pub(super) fn new(
        shared: &Arc<Shared>,
        slot: &mut Slot,
        priority: Priority,
        was_loaded_for_it: bool,
    ) -> Self {
        Self {
            model: slot.model.handle(),
            was_loaded_for_it,
            waited: WaitTime::default(),
            hold: Hold::new(shared, slot, priority),
        }
    }

    /// What is loaded.
    pub(crate) fn loaded(&self) -> &Loaded {
        &self.model.loaded
    }

    /// The same, if it had to be loaded for this lease.
    pub(crate) fn newly_loaded(&self) -> Option<&Loaded> {
        self.was_loaded_for_it.then_some(&self.model.loaded)
    }

    /// The longest clip that the model and its aligner take, and not more than is wanted.
    /// Units: seconds.
    pub(crate) fn longest_clip_s(&self, wanted_s: Option<u32>) -> u32 {
        let aligner = self.model.aligner.as_ref();
        let aligner_s = aligner.map_or(u32::MAX, |it| it.longest_s());
        let wanted_s = wanted_s.unwrap_or(u32::MAX);
        wanted_s.min(self.model.longest_clip_s).min(aligner_s)
    }

    /// Chunks that the model can take, and that are not longer than is wanted. Units: seconds.
    pub(crate) fn policy(&self, wanted_s: Option<u32>) -> Policy {
        Policy::within(self.longest_clip_s(wanted_s))
    }

    /// Whether the model must be given up: live text needs its memory.
    pub(crate) fn is_recalled(&self) -> bool {
        self.hold.is_recalled(&self.hold.shared.state())
    }

    /// Counts there how long live text keeps it waiting.
    pub(crate) fn count_waiting_in(&mut self, waited: &WaitTime) {
        self.waited = waited.clone();
    }

    /// The models for a file: they compute while live text does not.
    pub(crate) fn file_models(&mut self) -> FileModels<'_> {
        let (hold, waited) = (&self.hold, &self.waited);
        FileModels {
            recognizer: Yielding::new(&mut *self.model.recognizer, hold, waited),
            aligner: self
                .model
                .aligner
                .as_mut()
                .map(|model| Yielding::new(&mut **model, hold, waited)),
        }
    }

    /// The models for live text, as soon as nobody else computes: a file stops at its next poll.
    pub(crate) fn live_models(&mut self) -> LiveModels<'_> {
        LiveModels {
            _turn: LiveTurn::take(&self.hold.shared),
            model: &mut self.model,
        }
    }
}

/// The models of a lease while it is the turn of live text to compute.
pub(crate) struct LiveModels<'a> {
    model: &'a mut LoadedPair,
    _turn: LiveTurn,
}

impl LiveModels<'_> {
    pub(crate) fn get(&mut self) -> live::Models<'_> {
        let aligner = self.model.aligner.as_mut();
        live::Models {
            recognizer: &mut *self.model.recognizer,
            aligner: aligner.map(|it| &mut **it as &mut dyn Align),
        }
    }
}

/// The models of a lease for a file. Each call waits for its turn and lets live text go first.
pub(crate) struct FileModels<'a> {
    recognizer: Yielding<'a, dyn SharedRecognizer>,
    aligner: Option<Yielding<'a, dyn SharedAligner>>,
}

impl FileModels<'_> {
    pub(crate) fn get(&mut self) -> Models<'_> {
        Models {
            recognizer: &mut self.recognizer,
            aligner: self.aligner.as_mut().map(|it| it as &mut dyn Align),
        }
    }
}
