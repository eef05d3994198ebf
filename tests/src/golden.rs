//! Reading the golden vectors; see `tests/golden/README.md`.

use std::path::PathBuf;

use earmark_engine::DeviceChoice;
use safetensors::SafeTensors;
use serde_json::Value;

use crate::{clips, root};

/// Tolerance of scores in f32, absolute.
pub const LOGITS: f32 = 1e-3;

/// The folder of the golden vectors.
pub fn golden() -> PathBuf {
    root().join("tests/golden")
}

/// A JSON file among them.
pub fn json(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(golden().join(name)).unwrap()).unwrap()
}

/// The CPU, unless `EARMARK_TEST_DEVICE` asks for the GPU.
pub fn device() -> DeviceChoice {
    match std::env::var("EARMARK_TEST_DEVICE").as_deref() {
        Ok("cuda") => DeviceChoice::Cuda,
        Ok("metal") => DeviceChoice::Metal,
        _ => DeviceChoice::Cpu,
    }
}

/// One recorded run of the reference.
pub struct Case {
    /// Its metadata.
    pub json: Value,
    bytes: Vec<u8>,
    /// Its clip.
    pub samples: Vec<f32>,
}

impl Case {
    /// Reads the case `name` of a folder and generates its clip.
    pub fn read(folder: &str, name: &str) -> Self {
        let json = json(&format!("{folder}/{name}.json"));
        let bytes = std::fs::read(golden().join(format!("{folder}/{name}.safetensors"))).unwrap();
        let clip = &json["clip"];
        let samples = clips::clip(
            u32::try_from(clip["seed"].as_u64().unwrap()).unwrap(),
            usize::try_from(clip["samples"].as_u64().unwrap()).unwrap(),
        );
        let hash = format!("{:016x}", clips::fnv1a64(&samples));
        assert_eq!(
            clip["fnv1a64"].as_str().unwrap().trim_start_matches("0x"),
            hash,
            "{name}"
        );
        Self {
            json,
            bytes,
            samples: clips::to_f32(&samples),
        }
    }

    /// Every case that the manifest lists under `key`, with its name.
    pub fn all(key: &str, folder: &'static str) -> Vec<(String, Self)> {
        let names: Vec<String> =
            serde_json::from_value(json("manifest.json")[key].clone()).unwrap();
        let read = |name: String| {
            let case = Self::read(folder, &name);
            (name, case)
        };
        names.into_iter().map(read).collect()
    }

    /// Shape and values of a tensor, row-major; `None` if the case has none of this name.
    pub fn tensor(&self, name: &str) -> Option<(Vec<usize>, Vec<f32>)> {
        let tensors = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = tensors.tensor(name).ok()?;
        let values = view
            .data()
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()));
        Some((view.shape().to_vec(), values.collect()))
    }

    /// The columns or rows of the full tensor that a sampled tensor contains.
    pub fn index(&self, name: &str) -> Vec<usize> {
        let tensors = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = tensors.tensor(name).unwrap();
        let values = view
            .data()
            .chunks_exact(8)
            .map(|b| i64::from_le_bytes(b.try_into().unwrap()));
        values.map(|value| value as usize).collect()
    }

    /// Integers of the metadata.
    pub fn numbers(&self, key: &str) -> Vec<u32> {
        serde_json::from_value(self.json[key].clone()).unwrap()
    }

    /// The prompt's ids, with one placeholder per audio row.
    pub fn prompt_ids(&self) -> Vec<u32> {
        let prompt = &self.json["prompt"];
        let ids = |key: &str| -> Vec<u32> { serde_json::from_value(prompt[key].clone()).unwrap() };
        let pad = prompt["audio_pad"].as_u64().unwrap() as u32;
        let count = prompt["count"].as_u64().unwrap() as usize;
        [ids("head"), vec![pad; count], ids("tail")].concat()
    }
}

/// Fails when any value is off by more than the tolerance.
#[track_caller]
pub fn assert_close(what: &str, ours: &[f32], theirs: &[f32], tolerance: f32) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let worst = ours
        .iter()
        .zip(theirs)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(
        worst <= tolerance,
        "{what}: off by {worst}, allowed {tolerance}"
    );
}
