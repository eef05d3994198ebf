//! The installed models, as shells show them.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use earmark_jobs::{
    Hardware, InstalledModels, Measurement, ModelEvent, Network, Proxy, mirrors, models_folder,
};

use crate::api::{
    self, Advice, AdviceReason, Computer, Event, Failure, Gpu, Mirror, Model, ModelInfo,
    ModelState, Settings, Speed,
};
use crate::entries::Entries;
use crate::events::Events;
use crate::queue::Queue;
use crate::settings::SettingsFile;
use crate::{sample, settings};

/// The installed models, and what is done with them.
pub(crate) struct Models {
    pub(crate) installed: InstalledModels,
    settings: Arc<SettingsFile>,
    entries: Entries,
    events: Events,
}

impl Models {
    /// The models in their folder, with the network of the settings. A proxy that cannot be understood
    /// is left out and said.
    pub(crate) fn open(
        settings: Arc<SettingsFile>,
        entries: Entries,
        events: Events,
    ) -> (Arc<Self>, Receiver<ModelEvent>) {
        let chosen = settings.get();
        let proxy = settings::proxy(chosen.proxy.as_deref());
        let network = Network::new(&proxy).unwrap_or_else(|error| {
            events.trouble(earmark_jobs::Failure::from(error).into());
            Network::new(&Proxy::System).expect("the system's proxy is never refused")
        });
        network.set_off(chosen.network_off);
        let (tell, told) = mpsc::channel();
        // Nobody listening means that the program ends.
        let tell = move |one| drop(tell.send(one));
        let models = Self {
            installed: InstalledModels::new(models_folder(), network, tell),
            settings,
            entries,
            events,
        };
        models.look();
        (Arc::new(models), told)
    }

    /// Tells the page what happens to models, until nothing can happen any more.
    pub(crate) fn receive(&self, told: &Receiver<ModelEvent>) {
        for event in told {
            match event {
                ModelEvent::Changed => {}
                ModelEvent::Come(_) => self.look_and_publish(),
                ModelEvent::Failed(failure) => self.events.trouble(failure.into()),
            }
            let installed = self.now();
            self.events.page(Event::InstalledModels { installed });
        }
    }

    /// Everything about models, as it is now.
    pub(crate) fn now(&self) -> api::InstalledModels {
        let advice = self.installed.advice();
        api::InstalledModels {
            models: self.installed.cards().into_iter().map(Into::into).collect(),
            advice: Advice {
                model: advice.model,
                dtype: advice.dtype.name(),
                reason: advice.reason.into(),
            },
            mirrors: mirrors().iter().map(Into::into).collect(),
            computer: self.installed.hardware().into(),
            n_requests: self.installed.network().n_requests(),
            is_importing: self.installed.is_importing(),
        }
    }

    /// Looks anew which models can be chosen, the chosen folder among them.
    pub(crate) fn look(&self) {
        let mut models: Vec<Model> = earmark_jobs::models().into_iter().map(Into::into).collect();
        let chosen = self.settings.get().model;
        if models.iter().all(|model| model.name != chosen)
            && let Ok(model) = earmark_jobs::model(Path::new(&chosen))
        {
            models.push(model.into());
        }
        self.entries.set_models(models);
    }

    /// The same, and tells the page.
    pub(crate) fn look_and_publish(&self) {
        self.look();
        let models = self.entries.models();
        self.events.page(Event::Models { models });
    }

    /// Takes over how the network is reached, where that is to be otherwise than before.
    ///
    /// Errors: a proxy or a mirror that is none; then nothing changes.
    pub(crate) fn set_network(&self, before: &Settings, after: &Settings) -> Result<(), Failure> {
        if (&before.proxy, &before.mirror) != (&after.proxy, &after.mirror) {
            let proxy = settings::proxy(after.proxy.as_deref());
            self.installed.go_by(&proxy, after.mirror.as_deref())?;
        }
        Ok(())
    }

    /// Downloads a model from the mirror of the settings.
    pub(crate) fn download(&self, name: &str) -> Result<(), Failure> {
        let mirror = self.settings.get().mirror;
        Ok(self.installed.download(name, mirror.as_deref())?)
    }

    /// Measures a model with the sample, on the device of the settings, and waits for it.
    pub(crate) fn measure(&self, name: &str, folder: &Path, queue: &Queue) -> Result<(), Failure> {
        let sample = sample::write(folder)?;
        let settings = settings::engine(&self.settings.get());
        let jobs = queue.jobs();
        let measurement = Measurement::begin(name, &sample, settings, &jobs, &self.installed)?;
        // The queue is free while the engine works.
        drop(jobs);
        measurement.wait()?;
        Ok(())
    }
}

impl From<earmark_jobs::Reason> for AdviceReason {
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

impl From<earmark_jobs::ModelInfo> for ModelInfo {
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

impl From<earmark_jobs::ModelState> for ModelState {
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
                is_retrying,
            } => Self::Coming {
                done: progress.map_or(0, |it| it.done),
                total: progress.and_then(|it| it.total),
                bytes_per_s: progress.map_or(0.0, |it| it.bytes_per_s),
                left_ms: progress
                    .and_then(|it| it.left)
                    .map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX)),
                is_paused,
                is_retrying,
            },
        }
    }
}
