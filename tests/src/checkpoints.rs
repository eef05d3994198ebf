//! Copies of the golden checkpoints, to be modified or damaged by tests.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::golden::golden;

/// A copy of a golden checkpoint.
pub fn copy(layout: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in fs::read_dir(golden().join(layout)).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    folder
}

/// Rewrites a JSON file.
pub fn edit(path: PathBuf, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, serde_json::to_vec(&value).unwrap()).unwrap();
}

/// Rewrites the configuration of a copy.
pub fn edit_config(change: impl FnOnce(&mut Value)) -> impl FnOnce(&Path) {
    |folder| edit(folder.join("config.json"), change)
}

/// Rewrites the header of the safetensors file.
pub fn edit_header(change: impl FnOnce(String) -> String) -> impl FnOnce(&Path) {
    edit_header_of("model.safetensors", change)
}

/// Rewrites the header of a file of this kind.
pub fn edit_header_of(name: &str, change: impl FnOnce(String) -> String) -> impl FnOnce(&Path) {
    let name = name.to_owned();
    move |folder| {
        let path = folder.join(name);
        let bytes = fs::read(&path).unwrap();
        let n = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
        let header = change(String::from_utf8(bytes[8..8 + n].to_vec()).unwrap());
        let length = (header.len() as u64).to_le_bytes();
        let parts = [&length, header.as_bytes(), &bytes[8 + n..]];
        fs::write(path, parts.concat()).unwrap();
    }
}
