//! The stock is what the window needs of models: cards to choose from, and works that bring,
//! take in and remove them while it stays open.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use earmark_engine::{Dtype, Hardware};
use earmark_weights::{
    CatalogModel, Control, Download, Error, Event, Import, Mirror, ModelKind, Network, Outcome,
    Presence, Progress, Proxy, Speed, catalog, catalog_model, presence, remove, speed,
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
        /// No server can be reached; it tries again.
        is_retrying: bool,
    },
}

/// A work on a model that is under way.
struct Busy {
    control: Control,
    progress: Option<Progress>,
    is_paused: bool,
    is_retrying: bool,
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
            Presence::Installed { size, .. } => (size, ModelState::Here),
            Presence::Partial { done, total } => (total, ModelState::InPart { done, total }),
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
                is_retrying: busy.is_retrying,
            });
        ModelInfo {
            name: entry.name.clone(),
            title: entry.title.clone(),
            is_aligner: entry.kind == ModelKind::Aligner,
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
        work: impl FnOnce(&Control, &earmark_weights::OnEvent<'_>) -> Result<Outcome, Error>
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
                is_retrying: false,
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
        let is_news = self
            .busy()
            .get_mut(label)
            .is_some_and(|busy| busy.hear(event));
        if is_news {
            (self.tell)(ModelEvent::Changed);
        }
    }

    fn busy(&self) -> MutexGuard<'_, HashMap<String, Busy>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Busy {
    /// Takes in what happens; whether there is something new to show.
    fn hear(&mut self, event: &Event) -> bool {
        match event {
            Event::Progress(progress) => {
                let is_worth = |last| is_worth_telling(&last, progress);
                let is_news = self.is_retrying || self.progress.is_none_or(is_worth);
                if is_news {
                    self.progress = Some(*progress);
                    self.is_retrying = false;
                }
                is_news
            }
            Event::Retry {
                why: Error::Unreachable { .. },
                ..
            } => !std::mem::replace(&mut self.is_retrying, true),
            _ => false,
        }
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::mpsc;
    use std::time::Duration;

    use earmark_weights::{Error, Event, Network, Progress, Proxy};

    use super::{Busy, InstalledModels, ModelEvent, ModelState};
    use crate::Code;

    #[test]
    fn a_lost_connection_shows_until_bytes_come() {
        let mut busy = Busy {
            control: earmark_weights::Control::default(),
            progress: None,
            is_paused: false,
            is_retrying: false,
        };
        let lost = Event::Retry {
            why: Error::Unreachable {
                url: "https://a".into(),
                detail: "refused".into(),
            },
            wait: Duration::from_secs(1),
        };
        assert!(busy.hear(&lost));
        assert!(busy.is_retrying);
        assert!(!busy.hear(&lost), "it is shown already");
        assert!(busy.hear(&Event::Progress(Progress::reading(1, 9))));
        assert!(!busy.is_retrying);
    }

    #[test]
    fn a_download_without_a_network_says_so_and_ends_soon() {
        let folder = tempfile::tempdir().unwrap();
        let network = Network::new(&Proxy::None).unwrap();
        let (tell, told) = mpsc::channel();
        let tell = move |event| drop(tell.send(event));
        let models = InstalledModels::new(folder.path().to_owned(), network, tell);
        let name = "Qwen3-ASR-0.6B";
        // A port of loopback that nobody listens on.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", port.local_addr().unwrap());
        drop(port);
        models.download(name, Some(&address)).unwrap();
        let mut has_said_so = false;
        let failure = loop {
            match told.recv_timeout(Duration::from_secs(50)).unwrap() {
                ModelEvent::Failed(failure) => break failure,
                ModelEvent::Come(name) => panic!("{name} came"),
                ModelEvent::Changed => {}
            }
            let cards = models.cards();
            let card = cards.iter().find(|card| card.name == name).unwrap();
            let ModelState::Coming { is_retrying, .. } = card.state else {
                continue;
            };
            has_said_so |= is_retrying;
        };
        assert!(has_said_so);
        assert_eq!(failure.code, Code::Network);
        let n_requests = models.network().n_requests();
        assert!(n_requests <= 16, "{n_requests} requests");
        assert!(Path::new(folder.path()).is_dir());
    }
}
