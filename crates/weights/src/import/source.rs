//! The source of an import: a folder or an archive.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::Error;

/// Largest file that is read into memory. Units: bytes.
const MOST_SMALL: u64 = 1 << 20;

/// A folder or an archive with files of a checkpoint.
pub(super) struct Source {
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    Folder(PathBuf),
    Zip {
        archive: Box<ZipArchive<File>>,
        /// The folder inside it (empty or with a slash at its end).
        inside: String,
        /// Sizes of the files, by their names in the archive.
        sizes: HashMap<String, u64>,
    },
}

impl Source {
    /// Errors: [`Error::NotAModel`] for what holds none; [`Error::Import`] when there is `config.json`
    /// in more than one place, or parts of a model without it, or an archive is damaged or has paths
    /// that lead out of it.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let kind = if path.is_dir() {
            Kind::Folder(folder_in(path)?)
        } else {
            let file = File::open(path).map_err(|error| refused(path, error.to_string()))?;
            let archive = ZipArchive::new(file).map_err(|error| unopened(path, &error))?;
            in_archive(path, archive)?
        };
        let path = path.into();
        Ok(Self { path, kind })
    }

    /// Size of a file, if it exists. Units: bytes.
    pub(super) fn size(&self, name: &str) -> Option<u64> {
        match &self.kind {
            Kind::Folder(folder) => {
                let file = fs::metadata(folder.join(name)).ok()?;
                file.is_file().then_some(file.len())
            }
            Kind::Zip { inside, sizes, .. } => sizes.get(&format!("{inside}{name}")).copied(),
        }
    }

    /// Whether a file exists.
    pub(super) fn has(&self, name: &str) -> bool {
        self.size(name).is_some()
    }

    /// A reader of a file, limited to its declared size.
    pub(super) fn read(&mut self, name: &str) -> Result<Box<dyn Read + '_>, Error> {
        let path = &self.path;
        match &mut self.kind {
            Kind::Folder(folder) => {
                let file = File::open(folder.join(name));
                let file = file.map_err(|error| refused(path, format!("`{name}`: {error}")))?;
                Ok(Box::new(file))
            }
            Kind::Zip {
                archive, inside, ..
            } => {
                let file = archive.by_name(&format!("{inside}{name}"));
                let file = file.map_err(|error| refused(path, format!("`{name}`: {error}")))?;
                // A file that unpacks to more than its declared size may be a zip bomb.
                let most = file.size() + 1;
                Ok(Box::new(file.take(most)))
            }
        }
    }

    /// The content of a small file, if it exists.
    pub(super) fn small(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        if self.size(name).is_none_or(|size| size > MOST_SMALL) {
            return Ok(None);
        }
        let mut content = Vec::new();
        let read = self.read(name)?.take(MOST_SMALL).read_to_end(&mut content);
        read.map_err(|error| refused(&self.path, format!("`{name}` cannot be read: {error}")))?;
        Ok(Some(content))
    }
}

fn refused(path: &Path, detail: impl Into<String>) -> Error {
    Error::Import {
        path: path.into(),
        detail: detail.into(),
    }
}

/// An archive that cannot be opened: damaged, or none.
fn unopened(path: &Path, error: &zip::result::ZipError) -> Error {
    let mut head = [0; 4];
    let is_zip = File::open(path).is_ok_and(|mut file| file.read_exact(&mut head).is_ok())
        && head == *b"PK\x03\x04";
    if is_zip {
        return refused(path, format!("the archive is damaged ({error})"));
    }
    let detail = format!(
        "it is neither a folder nor a zip archive ({error}); choose one that holds a model's \
         `config.json` and `.safetensors` files"
    );
    let path = path.into();
    Error::NotAModel { path, detail }
}

/// A place without `config.json`; one with parts of a model is an incomplete one.
fn without_config(path: &Path, has_parts: bool) -> Error {
    if has_parts {
        return refused(path, "there is no `config.json` in it; get that file again");
    }
    let path = path.into();
    let detail = NO_CONFIG.into();
    Error::NotAModel { path, detail }
}

/// Whether a file of this name is a part of a model.
fn is_part(name: &str) -> bool {
    name.ends_with(".safetensors")
}

const NO_CONFIG: &str = "there is no `config.json` in it; choose one that holds a model's \
    `config.json` and `.safetensors` files";

fn in_archive(path: &Path, mut archive: ZipArchive<File>) -> Result<Kind, Error> {
    let mut sizes = HashMap::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index);
        let file = file.map_err(|error| refused(path, format!("it is damaged ({error})")))?;
        if file.encrypted() {
            return Err(refused(
                path,
                "it has a password; unpack it and choose the folder",
            ));
        }
        // Links are ignored, because they are never followed.
        if file.is_file() && !file.is_symlink() {
            let name = file
                .name()
                .map_err(|error| refused(path, error.to_string()))?;
            sizes.insert(name.into_owned(), file.size());
        }
    }
    let inside = folder_of(path, sizes.keys().map(String::as_str))?;
    Ok(Kind::Zip {
        archive: Box::new(archive),
        inside,
        sizes,
    })
}

/// The folder with `config.json`: the given one, or the only one inside it.
fn folder_in(path: &Path) -> Result<PathBuf, Error> {
    let has_config = |folder: &PathBuf| folder.join("config.json").is_file();
    let own = path.to_path_buf();
    if has_config(&own) {
        return Ok(own);
    }
    let listing = fs::read_dir(path).map_err(|error| refused(path, error.to_string()))?;
    let inside: Vec<PathBuf> = listing.flatten().map(|inside| inside.path()).collect();
    let names = inside.iter().filter_map(|it| it.file_name()?.to_str());
    let has_parts = names.into_iter().any(is_part);
    let folders = inside.iter().filter(|it| has_config(it)).cloned();
    only(path, folders.collect(), has_parts)
}

/// The folder in an archive that has a `config.json`, as a prefix of names.
fn folder_of<'a>(path: &Path, names: impl Iterator<Item = &'a str>) -> Result<String, Error> {
    let (mut folders, mut has_parts) = (Vec::new(), false);
    for name in names {
        has_parts |= is_part(name);
        let is_drive = name.as_bytes().get(1) == Some(&b':');
        let leads_out = name.split('/').any(|step| step == "..");
        if leads_out || is_drive || name.starts_with('/') || name.contains(['\\', '\0']) {
            let detail = format!("`{name}` leads out of the archive; do not use it");
            return Err(refused(path, detail));
        }
        if name == "config.json" || name.ends_with("/config.json") {
            folders.push(name.trim_end_matches("config.json").to_owned());
        }
    }
    let depth = |folder: &String| folder.matches('/').count();
    let highest = folders.iter().map(depth).min();
    folders.retain(|folder| Some(depth(folder)) == highest);
    only(path, folders, has_parts)
}

fn only<T>(path: &Path, mut found: Vec<T>, has_parts: bool) -> Result<T, Error> {
    match (found.pop(), found.len()) {
        (None, _) => Err(without_config(path, has_parts)),
        (Some(one), 0) => Ok(one),
        (Some(_), others) => {
            let detail = format!("it holds {} models; choose the folder of one", others + 1);
            Err(refused(path, detail))
        }
    }
}
