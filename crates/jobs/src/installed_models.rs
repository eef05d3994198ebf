//! The stock is what the window needs of models: cards to choose from, and works that bring,
//! take in and remove them while it stays open.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use earmark_engine::{Dtype, Hardware};
use earmark_weights::{
    CatalogModel, Control, Download, Error, Event, Import, Mirror, Network, Outcome, Presence,
    Progress, Proxy, Speed, What, catalog, catalog_model, presence, remove, speed,
};

use crate::{Advice, Code, Failure, advice, memory_of};

/// A model of the catalog, as a person chooses it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// Its name in the catalog.
    pub name: String,
    /// What to call it where people read it.
    pub title: String,
    /// It measures times of words; otherwise it turns speech into text.
    pub is_aligner: bool,
    /// When to choose it, in English.
    pub about: String,
    /// English names of its languages.
    pub languages: Vec<String>,
    /// SPDX expression of its licence.
    pub licence: String,
    /// Size of its files. Units: bytes.
    pub n_bytes: u64,
    /// Memory it takes while it works in the usual storage, where that is known. Units: bytes.
    pub memory_bytes: Option<u64>,
    /// It suits this computer best.
    pub is_recommended: bool,
    /// How fast it was measured to be here.
    pub speed: Option<Speed>,
    /// Its speed is being measured.
    pub is_being_measured: bool,
    /// How far it is on this computer.
    pub state: ModelState,
}

/// How far a model is on this computer.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelState {
    /// It is compiled into the program.
    BuiltIn,
    /// It is here.
    Here,
    /// It is not here.
    Absent,
    /// A download began once and did not end.
    InPart {
        /// Bytes that are there.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// It is on its way.
    Coming {
        /// How far it is; none before the first bytes.
        progress: Option<Progress>,
        /// It waits for [`InstalledModels::pause`] to end.
        is_paused: bool,
    },
}

/// A work on a model that is under way.
struct Busy {
    control: Control,
    progress: Option<Progress>,
    is_paused: bool,
}

/// What the window needs of models; its clones are the same stock.
#[derive(Clone)]
pub struct InstalledModels {
    home: PathBuf,
    network: Network,
    hardware: Hardware,
    advice: Advice,
    busy: Arc<Mutex<HashMap<String, Busy>>>,
    measured: Arc<Mutex<Option<String>>>,
    tell: Arc<dyn Fn(ModelEvent) + Send + Sync>,
}

/// What happens in the stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelEvent {
    /// A card is another than before; at most ten times a second.
    Changed,
    /// A model has come.
    Come(String),
    /// A work that somebody asked for came to nothing; what has arrived is kept.
    Failed(Failure),
}

impl InstalledModels {
    /// The stock in a folder of checkpoints, which tells what happens.
    pub fn new(
        home: PathBuf,
        network: Network,
        tell: impl Fn(ModelEvent) + Send + Sync + 'static,
    ) -> Self {
        let hardware = Hardware::look();
        Self {
            home,
            network,
            advice: advice(&hardware),
            hardware,
            busy: Arc::default(),
            measured: Arc::default(),
            tell: Arc::new(tell),
        }
    }

    /// The way out, with its switch and its counter.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The folder of checkpoints.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// What this computer has for a recogniser to run on.
    pub fn hardware(&self) -> &Hardware {
        &self.hardware
    }

    /// Which model suits this computer, and why.
    pub fn advice(&self) -> Advice {
        self.advice
    }

    /// A card for every model of the catalog.
    pub fn cards(&self) -> Vec<ModelInfo> {
        catalog().iter().map(|entry| self.card(entry)).collect()
    }

    fn card(&self, entry: &CatalogModel) -> ModelInfo {
        let (mut n_bytes, state) = match presence(entry, &self.home) {
            Presence::BuiltIn => (0, ModelState::BuiltIn),
            Presence::Here { size, .. } => (size, ModelState::Here),
            Presence::Coming { done, total } => (total, ModelState::InPart { done, total }),
            Presence::Absent => (0, ModelState::Absent),
        };
        if n_bytes == 0 {
            n_bytes = entry
                .editions
                .first()
                .map_or(0, earmark_weights::Edition::size);
        }
        let busy = self.busy();
        let state = busy
            .get(&entry.name)
            .map_or(state, |busy| ModelState::Coming {
                progress: busy.progress,
                is_paused: busy.is_paused,
            });
        ModelInfo {
            name: entry.name.clone(),
            title: entry.title.clone(),
            is_aligner: entry.what == What::Aligner,
            about: entry.about.clone(),
            languages: entry.languages.clone(),
            licence: entry.licence.clone(),
            n_bytes,
            memory_bytes: memory_of(entry, Dtype::Q8_0),
            is_recommended: self.advice.model == entry.name,
            speed: speed(&entry.name, &self.home),
            is_being_measured: self.measured().as_deref() == Some(&*entry.name),
            state,
        }
    }

    /// Brings a model, or goes on where its last download ended; `mirror` is asked first, and the
    /// network's switch is heeded.
    ///
    /// Errors: there is no such model, or no such mirror. What happens later is [`ModelEvent`].
    pub fn download(&self, name: &str, mirror: Option<&str>) -> Result<(), Failure> {
        let entry = catalog_model(name)?;
        let preferred = mirror.map(Mirror::parse).transpose()?;
        let stock = self.clone();
        self.work(&entry.name, move |control, tell| {
            let mut download = Download::new(entry, &stock.home, &stock.network);
            if let Some(preferred) = preferred {
                // Who names a server of their own means that one.
                let is_of_the_catalog = download.mirrors.contains(&preferred);
                download
                    .mirrors
                    .retain(|other| is_of_the_catalog && *other != preferred);
                download.mirrors.insert(0, preferred);
            }
            download.run(control, tell)
        });
        Ok(())
    }

    /// Takes a model in from a folder or an archive; which one it is, its files say.
    pub fn import(&self, source: &Path) {
        let (stock, source) = (self.clone(), source.to_path_buf());
        let label = source.display().to_string();
        self.work(&label, move |control, tell| {
            Import::new(&source, &stock.home).run(control, tell)
        });
    }

    /// Whether a model is being taken in.
    pub fn is_importing(&self) -> bool {
        let busy = self.busy();
        busy.keys().any(|label| catalog_model(label).is_err())
    }

    /// Lets a download wait, or go on.
    pub fn pause(&self, name: &str, is_paused: bool) {
        if let Some(busy) = self.busy().get_mut(name) {
            busy.is_paused = is_paused;
            if is_paused {
                busy.control.pause();
            } else {
                busy.control.resume();
            }
        }
        (self.tell)(ModelEvent::Changed);
    }

    /// Ends a download; what has come is kept.
    pub fn stop(&self, name: &str) {
        if let Some(busy) = self.busy().get(name) {
            busy.control.cancel();
        }
    }

    /// Removes a model from this computer, and what has come of it.
    ///
    /// Errors: there is no such model, it is built in or being worked on, the disk refuses.
    pub fn remove(&self, name: &str) -> Result<(), Failure> {
        remove(catalog_model(name)?, &self.home)?;
        (self.tell)(ModelEvent::Changed);
        Ok(())
    }

    /// Takes another way out from now on, and another mirror when it is one.
    ///
    /// Errors: the proxy or the mirror is none; then nothing changes.
    pub fn go_by(&self, proxy: &Proxy, mirror: Option<&str>) -> Result<(), Failure> {
        mirror.map(Mirror::parse).transpose()?;
        Ok(self.network.set_proxy(proxy)?)
    }

    /// Marks the card of a model that is being measured.
    ///
    /// Errors: there is no such model, or one is being measured.
    pub(crate) fn mark_measured(&self, name: &str) -> Result<(), Failure> {
        let entry = catalog_model(name)?;
        let mut measured = self.measured();
        if let Some(other) = &*measured {
            let message = format!("{other} is being measured; wait until that is done");
            return Err(Failure::new(Code::ModelBusy, message));
        }
        *measured = Some(entry.name.clone());
        drop(measured);
        (self.tell)(ModelEvent::Changed);
        Ok(())
    }

    pub(crate) fn unmark_measured(&self) {
        *self.measured() = None;
        (self.tell)(ModelEvent::Changed);
    }

    fn measured(&self) -> MutexGuard<'_, Option<String>> {
        self.measured.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a work in a thread of its own, unless the same is under way.
    fn work(
        &self,
        label: &str,
        work: impl FnOnce(&Control, &earmark_weights::Tell<'_>) -> Result<Outcome, Error>
        + Send
        + 'static,
    ) {
        let control = Control::default();
        let mut busy = self.busy();
        if busy.contains_key(label) {
            return;
        }
        busy.insert(
            label.to_owned(),
            Busy {
                control: control.clone(),
                progress: None,
                is_paused: false,
            },
        );
        drop(busy);
        (self.tell)(ModelEvent::Changed);
        let (stock, label) = (self.clone(), label.to_owned());
        thread::spawn(move || {
            let ended = work(&control, &|event| stock.hear(&label, &event));
            stock.busy().remove(&label);
            match ended {
                Ok(Outcome::Done(_)) => (stock.tell)(ModelEvent::Come(label)),
                Ok(Outcome::Cancelled) => {}
                Err(error) => (stock.tell)(ModelEvent::Failed(error.into())),
            }
            (stock.tell)(ModelEvent::Changed);
        });
    }

    fn hear(&self, label: &str, event: &Event) {
        let Event::Progress(progress) = event else {
            return;
        };
        if let Some(busy) = self.busy().get_mut(label) {
            let is_news = busy
                .progress
                .is_none_or(|last| is_worth_telling(&last, progress));
            if !is_news {
                return;
            }
            busy.progress = Some(*progress);
        }
        (self.tell)(ModelEvent::Changed);
    }

    fn busy(&self) -> MutexGuard<'_, HashMap<String, Busy>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Downloads tell ten times a second by themselves; reading tells every block, of which a
/// thousandth of the whole is enough.
fn is_worth_telling(last: &Progress, progress: &Progress) -> bool {
    let step = progress.total.unwrap_or(0) / 1000;
    progress.bytes_per_s > 0.0
        || progress.left != last.left
        || progress.done >= last.done.saturating_add(step)
        || progress.done < last.done
}
