//! Checks: turn the gathered facts into findings, each with its next step.

use earmark_audio::decode::Confinement;
use earmark_jobs::{Dtype, Hardware};
use earmark_weights::{Error, LocalCheckpoint};

use super::facts::{Facts, Ffmpeg, Folder, Model, NetworkFacts};
use super::{Finding, recommended};
use crate::models::size;

/// Free space below which a disk counts as full. Units: bytes.
const FULL: u64 = 50_000_000;

/// Every finding, in the order of the report.
pub(super) fn all(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![program(), processor(&facts.hardware)];
    findings.extend(gpus(&facts.hardware));
    findings.push(memory(&facts.model, &facts.hardware));
    findings.extend(model(facts));
    findings.extend(facts.coming.iter().map(|(name, done, total)| {
        let what = format!(
            "the download of {name} is unfinished ({} of {})",
            size(*done),
            size(*total)
        );
        Finding::note(what, format!("earmark models download {name}"))
    }));
    findings.extend(
        facts
            .catalog_trouble
            .map(|trouble| Finding::broken(trouble, "fix the file, or remove it")),
    );
    findings.extend(facts.folders.iter().map(folder));
    findings.push(ffmpeg(&facts.ffmpeg));
    findings.push(confinement(facts.confinement));
    findings.push(network(&facts.network));
    findings
}

fn program() -> Finding {
    let gpu = match (
        cfg!(feature = "cuda"),
        cfg!(any(feature = "metal", target_os = "macos")),
    ) {
        (true, _) => "CPU and NVIDIA GPUs",
        (_, true) => "CPU and Apple GPUs",
        _ => "CPU",
    };
    let (version, os) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    let arch = std::env::consts::ARCH;
    Finding::fine(format!("Earmark {version} for {gpu}, {os} {arch}"))
}

fn processor(hardware: &Hardware) -> Finding {
    let threads = match hardware.n_threads {
        1 => "1 thread".to_owned(),
        n => format!("{n} threads"),
    };
    let what = format!("processor: {}, {threads}", hardware.processor);
    if hardware.instructions.is_empty() {
        return Finding::note(
            format!("{what}, without vector instructions, so recognition is slow"),
            "use the smallest model, or a computer that is less than ten years old",
        );
    }
    Finding::fine(format!("{what}, {}", hardware.instructions.join(", ")))
}

fn gpus(hardware: &Hardware) -> Vec<Finding> {
    let seen = hardware.gpus.iter().map(|gpu| {
        let (free, all) = (size(gpu.memory.available_bytes), size(gpu.memory.bytes));
        let what = format!(
            "GPU: {}, {free} of {all} free, driver {}",
            gpu.name, gpu.driver
        );
        if gpu.is_usable {
            return Finding::fine(what);
        }
        Finding::note(
            format!("{what}; this build cannot use it"),
            "use the build for NVIDIA GPUs (`cargo xtask cuda`)",
        )
    });
    seen.collect()
}

fn memory(model: &Model, hardware: &Hardware) -> Finding {
    let Some(memory) = hardware.memory else {
        return Finding::note(
            "this system does not report how much memory it has",
            "if the computer stalls with a model, choose a smaller one",
        );
    };
    let (free, all) = (size(memory.available_bytes), size(memory.bytes));
    let what = format!("memory: {free} of {all} free");
    let Some(needs) = model.needs_bytes else {
        return Finding::fine(what);
    };
    let what = format!("{what}, {} needs about {}", model.name, size(needs));
    if needs > memory.bytes {
        let smaller = match model.dtype {
            Some(Dtype::Q4K) => "",
            _ => "`--dtype q4_k`, or ",
        };
        Finding::broken(what, format!("choose {smaller}a smaller model"))
    } else if needs > memory.available_bytes {
        Finding::note(what, "close other programs first")
    } else {
        Finding::fine(what)
    }
}

fn model(facts: &Facts) -> Vec<Finding> {
    let (model, advice) = (&facts.model, &facts.advice);
    match &model.found {
        Ok(located) => found(model, located, facts),
        Err(Error::NotDownloaded { name }) if facts.network.is_off => {
            vec![Finding::broken(
                format!(
                    "the model {name} is not on this computer, and the network is switched off"
                ),
                "earmark models import FOLDER, or switch the network on",
            )]
        }
        Err(Error::NotDownloaded { name }) => vec![Finding::broken(
            format!("the model {name} is not on this computer"),
            format!("earmark models download {name}"),
        )],
        Err(error) => vec![Finding::broken(
            error.to_string(),
            format!(
                "earmark models list; for this computer: {}",
                recommended(advice)
            ),
        )],
    }
}

fn found(model: &Model, located: &LocalCheckpoint, facts: &Facts) -> Vec<Finding> {
    let title = &located.title;
    if !model.damaged.is_empty() {
        let name = located
            .entry
            .map_or(model.name.as_str(), |entry| &entry.name);
        let damaged = model.damaged.iter().map(|(file, detail)| {
            let next = format!("earmark models verify {name} --repair");
            Finding::broken(format!("{file} of {title} is damaged ({detail})"), next)
        });
        return damaged.collect();
    }
    let mut findings = Vec::new();
    match &model.trial {
        Some(Ok(device)) => {
            findings.push(Finding::fine(format!("model: {title} works, on {device}")));
        }
        Some(Err(why)) => findings.push(Finding::broken(
            format!("model: {title} does not work: {why}"),
            "choose another device (`--device cpu`), or download the model again",
        )),
        None => findings.push(Finding::note(
            format!("model: {title} is installed; it was not tested, because memory is too small"),
            "choose a smaller model",
        )),
    }
    if let Some(note) = &model.device_note {
        findings.push(Finding::note(note, "check the GPU's driver"));
    }
    if located.is_demo() {
        findings.push(Finding::note(
            "the demo understands only the synthetic voice of the samples",
            format!(
                "earmark models download {}, because {}",
                facts.advice.model,
                facts.advice.reason.in_words()
            ),
        ));
    } else if model.aligner.is_none() {
        findings.push(Finding::note(
            "word times will be estimated, because the aligner is not installed",
            "earmark models download Qwen3-ForcedAligner-0.6B",
        ));
    }
    findings
}

fn folder(folder: &Folder) -> Finding {
    let what = format!("folder of {}: {}", folder.what, folder.path.display());
    if let Some(trouble) = &folder.trouble {
        return Finding::broken(
            format!("{what} cannot be written to ({trouble})"),
            "change the permissions of the folder, or set EARMARK_MODELS or EARMARK_DATA to \
             another one",
        );
    }
    match folder.free_bytes {
        Some(free) if free < FULL => Finding::broken(
            format!("{what}; only {} are free", size(free)),
            "free some space on that disk",
        ),
        Some(free) => Finding::fine(format!("{what}, {} free", size(free))),
        None => Finding::fine(what),
    }
}

fn ffmpeg(ffmpeg: &Ffmpeg) -> Finding {
    match ffmpeg {
        Ffmpeg::There => {
            Finding::fine("ffmpeg is installed, for formats that Earmark cannot read itself")
        }
        Ffmpeg::Absent => Finding::note(
            "ffmpeg is not installed; wma, amr and other rare formats cannot be read",
            "install ffmpeg (https://ffmpeg.org) and add it to PATH",
        ),
        Ffmpeg::Failing(why) => Finding::broken(
            format!("ffmpeg is installed but does not start ({why})"),
            "reinstall ffmpeg (https://ffmpeg.org)",
        ),
    }
}

fn confinement(confinement: Confinement) -> Finding {
    let so_far = "recordings are decoded in a process of their own";
    match confinement {
        Confinement::Full => {
            Finding::fine(format!("{so_far}, without access to files and network"))
        }
        Confinement::NoLandlock => Finding::note(
            format!("{so_far}, but this kernel cannot keep ffmpeg from files (no Landlock)"),
            "a Linux kernel of 5.13 or later can, unless it was built or started without Landlock",
        ),
        Confinement::LimitsOnly => Finding::fine(format!("{so_far}, with bounded memory")),
        Confinement::ProcessOnly => Finding::fine(so_far.to_owned()),
    }
}

fn network(network: &NetworkFacts) -> Finding {
    let file = network
        .settings
        .as_ref()
        .map_or_else(String::new, |file| format!(" in `{}`", file.display()));
    if let Some(trouble) = &network.trouble {
        return Finding::broken(
            trouble.to_string(),
            format!("change `proxy` or `mirror`{file}"),
        );
    }
    if network.is_off {
        return Finding::note(
            "the network is switched off; transcription still works, downloads are refused",
            format!("to download, set `network_off` to false{file}"),
        );
    }
    Finding::fine(format!(
        "network: used only by downloads, through {}",
        network.proxy
    ))
}
