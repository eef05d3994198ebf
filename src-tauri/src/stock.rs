//! The stock of models, as the page is told.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use earmark_jobs::{Hardware, Measurement, ModelEvent, Network, Proxy, mirrors, models_folder};

use crate::contract::{
    Advice, Card, CardState, Computer, Event, Failure, Gpu, Mirror, Reason, Settings, Speed, Stock,
};
use crate::desk::{Desk, Room};
use crate::{sample, settings};

/// The stock with the network of the settings, and what will happen in it. A proxy that cannot be
/// understood is left out and said.
pub(crate) fn open(
    chosen: &earmark_store::Settings,
    troubles: &mut Vec<Failure>,
) -> (earmark_jobs::InstalledModels, Receiver<ModelEvent>) {
    let proxy = settings::proxy(chosen.proxy.as_deref());
    let network = Network::new(&proxy).unwrap_or_else(|error| {
        troubles.push(earmark_jobs::Failure::from(error).into());
        Network::new(&Proxy::System).expect("the system's proxy is never refused")
    });
    network.set_off(chosen.network_off);
    let (tell, news) = mpsc::channel();
    // Nobody listening means that the window is closing.
    let tell = move |one| drop(tell.send(one));
    (
        earmark_jobs::InstalledModels::new(models_folder(), network, tell),
        news,
    )
}

/// Tells the page what happens in the stock, until there is no stock.
pub(crate) fn hear(desk: &Arc<Desk>, news: &Receiver<ModelEvent>) {
    for one in news {
        let mut room = desk.room();
        match one {
            ModelEvent::Changed => {}
            ModelEvent::Come(_) => room.look_for_models(),
            ModelEvent::Failed(failure) => room.note(Err(failure.into())),
        }
        let stock = room.stock_now();
        room.tell(Event::Stock { stock });
    }
}

impl Room {
    /// The stock as it is now.
    pub(crate) fn stock_now(&self) -> Stock {
        let advice = self.stock.advice();
        Stock {
            cards: self.stock.cards().into_iter().map(Into::into).collect(),
            advice: Advice {
                model: advice.model,
                dtype: advice.dtype.name(),
                reason: advice.reason.into(),
            },
            mirrors: mirrors().iter().map(Into::into).collect(),
            computer: self.stock.hardware().into(),
            n_requests: self.stock.network().n_requests(),
            is_importing: self.stock.is_importing(),
        }
    }

    /// Takes over how the network is reached, where that is to be otherwise than before.
    ///
    /// Errors: a proxy or a mirror that is none; then nothing changes.
    pub(crate) fn go_by(&self, settings: &Settings) -> Result<(), Failure> {
        let (now, then) = (&self.settings, settings);
        if (&now.proxy, &now.mirror) != (&then.proxy, &then.mirror) {
            let proxy = settings::proxy(then.proxy.as_deref());
            self.stock.go_by(&proxy, then.mirror.as_deref())?;
        }
        Ok(())
    }

    /// Begins to measure a model with the sample, on the device of the settings.
    pub(crate) fn measure(&self, name: &str) -> Result<Measurement, Failure> {
        let sample = sample::write(&self.folder)?;
        let settings = earmark_jobs::Settings {
            device: settings::device(&self.settings.device),
            ..earmark_jobs::Settings::default()
        };
        let begun = Measurement::begin(name, &sample, settings, &self.queue, &self.stock);
        Ok(begun?)
    }

    /// Downloads a model from the mirror of the settings.
    pub(crate) fn download(&self, name: &str) -> Result<(), Failure> {
        Ok(self.stock.download(name, self.mirror())?)
    }
}

impl From<earmark_jobs::Reason> for Reason {
    fn from(reason: earmark_jobs::Reason) -> Self {
        match reason {
            earmark_jobs::Reason::Gpu => Self::Gpu,
            earmark_jobs::Reason::Roomy => Self::Roomy,
            earmark_jobs::Reason::SlowProcessor => Self::SlowProcessor,
            earmark_jobs::Reason::LittleMemory => Self::LittleMemory,
            earmark_jobs::Reason::TooLittleMemory => Self::TooLittleMemory,
        }
    }
}

impl From<&earmark_jobs::Mirror> for Mirror {
    fn from(mirror: &earmark_jobs::Mirror) -> Self {
        Self {
            name: mirror.name.clone(),
            title: mirror.title.clone(),
        }
    }
}

impl From<&Hardware> for Computer {
    fn from(hardware: &Hardware) -> Self {
        let gpus = hardware.gpus.iter().map(|gpu| Gpu {
            name: gpu.name.clone(),
            memory_bytes: gpu.memory.bytes,
            is_usable: gpu.is_usable,
        });
        Self {
            processor: hardware.processor.clone(),
            n_threads: hardware.n_threads,
            memory_bytes: hardware.memory.map(|memory| memory.bytes),
            gpus: gpus.collect(),
        }
    }
}

impl From<earmark_jobs::ModelInfo> for Card {
    fn from(card: earmark_jobs::ModelInfo) -> Self {
        Self {
            name: card.name,
            title: card.title,
            is_aligner: card.is_aligner,
            about: card.about,
            languages: card.languages,
            licence: card.licence,
            bytes: card.n_bytes,
            memory_bytes: card.memory_bytes,
            is_recommended: card.is_recommended,
            speed: card.speed.map(|speed| Speed {
                factor: speed.factor,
                device: speed.device,
            }),
            is_being_measured: card.is_being_measured,
            state: card.state.into(),
        }
    }
}

impl From<earmark_jobs::ModelState> for CardState {
    fn from(state: earmark_jobs::ModelState) -> Self {
        use earmark_jobs::ModelState as Theirs;
        match state {
            Theirs::BuiltIn => Self::BuiltIn,
            Theirs::Here => Self::Here,
            Theirs::Absent => Self::Absent,
            Theirs::InPart { done, total } => Self::InPart { done, total },
            Theirs::Coming {
                progress,
                is_paused,
            } => Self::Coming {
                done: progress.map_or(0, |it| it.done),
                total: progress.and_then(|it| it.total),
                bytes_per_s: progress.map_or(0.0, |it| it.bytes_per_s),
                left_ms: progress
                    .and_then(|it| it.left)
                    .map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX)),
                is_paused,
            },
        }
    }
}
