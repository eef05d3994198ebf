//! What a person can choose to recognise with: models and devices.

use std::path::Path;

use earmark_weights::{Edition, Files, ModelKind, Presence, catalog, presence};

use crate::{Code, DEMO, Failure, models_folder};

/// A recogniser that a person can choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// What [`Job::model`](crate::Job::model) calls it: catalog name or folder.
    pub name: String,
    /// What to call it where people read it.
    pub title: String,
    /// It is the built-in demo, which understands its sample voice only.
    pub is_demo: bool,
    /// It is on this computer.
    pub is_ready: bool,
    /// Size of its files, as far as it is known. Units: bytes.
    pub n_bytes: u64,
}

/// The recognisers of the catalog, the built-in one first.
pub fn models() -> Vec<Model> {
    let home = models_folder();
    let recognisers = catalog()
        .iter()
        .filter(|entry| entry.kind == ModelKind::Recognizer);
    recognisers
        .map(|entry| {
            let published = entry.editions.first().map_or(0, Edition::size);
            let (is_ready, n_bytes) = match presence(entry, &home) {
                Presence::BuiltIn => (true, built_in(&entry.name)),
                Presence::Installed { size, .. } => (true, size),
                _ => (false, published),
            };
            Model {
                name: entry.name.clone(),
                title: entry.title.clone(),
                is_demo: entry.name == DEMO,
                is_ready,
                n_bytes,
            }
        })
        .collect()
}

/// The recogniser in a folder that a person chose.
///
/// Errors: the folder holds no recogniser.
pub fn model(folder: &Path) -> Result<Model, Failure> {
    let name = folder.display().to_string();
    let located = earmark_weights::find(&name, &models_folder())?;
    let config = std::fs::read(folder.join("config.json")).unwrap_or_default();
    if is_of_another_kind(&config) {
        let message = format!(
            "`{name}` is not the folder of a Qwen3-ASR model: its `config.json` is of another one; \
             choose the folder that holds a model's `config.json` and `.safetensors` files"
        );
        return Err(Failure::new(Code::NotAModel, message));
    }
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = files.filter_map(|file| file.metadata().ok().map(|file| file.len()));
    Ok(Model {
        is_demo: located.is_demo(),
        title: located.title,
        name,
        is_ready: true,
        n_bytes: sizes.sum(),
    })
}

/// Whether a whole `config.json` is that of another kind of model.
fn is_of_another_kind(config: &[u8]) -> bool {
    let text = String::from_utf8_lossy(config).to_lowercase();
    text.trim_end().ends_with('}') && !text.contains("qwen3")
}

/// Size of a model that is compiled in. Units: bytes.
fn built_in(name: &str) -> u64 {
    match earmark_weights::find(name, Path::new("")).map(|located| located.files) {
        Ok(Files::Embedded(files)) => files.iter().map(|(_, bytes)| bytes.len() as u64).sum(),
        _ => 0,
    }
}

/// Names and titles of the devices that this build can be told to compute on; the first lets the
/// program choose and has no title.
pub fn devices() -> Vec<(&'static str, &'static str)> {
    let mut devices = vec![("auto", ""), ("cpu", "CPU")];
    if cfg!(feature = "cuda") {
        devices.push(("cuda", "NVIDIA (CUDA)"));
    }
    if cfg!(feature = "metal") {
        devices.push(("metal", "Apple (Metal)"));
    }
    devices
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{model, models};
    use crate::Code;

    #[test]
    fn the_demo_is_always_ready_and_a_wrong_folder_says_so() {
        let models = models();
        assert!(models[0].is_demo && models[0].is_ready && models[0].n_bytes > 0);
        let failure = model(Path::new("/nowhere/at/all")).unwrap_err();
        assert_eq!(failure.code, Code::ModelMissing);

        let folder = tempfile::tempdir().unwrap();
        let code = || model(folder.path()).map(|_| ()).map_err(|it| it.code);
        assert_eq!(code(), Err(Code::NotAModel), "no config.json");
        let config = folder.path().join("config.json");
        std::fs::write(&config, r#"{"model_type": "llama"}"#).unwrap();
        assert_eq!(code(), Err(Code::NotAModel), "of another kind");
        // What is damaged or incomplete is a model all the same; loading says what is wrong.
        std::fs::write(&config, r#"{"model_type": "qwen3_asr"}"#).unwrap();
        assert_eq!(code(), Ok(()));
        std::fs::write(&config, r#"{"model_ty"#).unwrap();
        assert_eq!(code(), Ok(()));
    }
}
