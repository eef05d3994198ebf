//! The resume state of a file says which parts of it have arrived, and of which content they are.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::disk::{remove, rename, write_whole};
use crate::manifest::hex;
use crate::{Error, Fact};

/// What the name of a resume state ends with; downloads of earlier versions go on, so it stays.
const EXTENSION: &str = "ledger";

/// Which parts of a partial file are there, and of which content they are.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct ResumeState {
    /// Size of the whole file.
    pub(super) size: u64,
    /// Where bytes came from, in this order.
    pub(super) origins: Vec<Origin>,
    /// Every byte of the file is in one part.
    pub(super) parts: Vec<Part>,
}

/// A mirror that bytes came from.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Origin {
    pub(super) mirror: String,
    /// What it tells the content by.
    pub(super) validator: Option<String>,
}

/// A stretch of a file; its first bytes are there.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    pub(super) start: u64,
    pub(super) end: u64,
    /// How many bytes are there.
    pub(super) done: u64,
    /// Somebody is working on it.
    #[serde(skip)]
    pub(super) is_taken: bool,
}

impl Part {
    /// Where the next byte goes.
    pub(super) fn at(&self) -> u64 {
        self.start + self.done
    }

    pub(super) fn is_done(&self) -> bool {
        self.at() == self.end
    }
}

impl ResumeState {
    pub(super) fn new(size: u64, origin: Origin, part_bytes: u64) -> Self {
        let starts = (0..size).step_by(usize::try_from(part_bytes).unwrap_or(usize::MAX));
        let part = |start: u64| Part {
            start,
            end: size.min(start.saturating_add(part_bytes)),
            done: 0,
            is_taken: false,
        };
        Self {
            size,
            origins: vec![origin],
            parts: starts.map(part).collect(),
        }
    }

    /// What a mirror that has given bytes, or else the first one, tells the content by.
    pub(super) fn validator(&self, mirror: &str) -> Option<&str> {
        let of_mirror = self.origins.iter().find(|origin| origin.mirror == mirror);
        of_mirror.or(self.origins.first())?.validator.as_deref()
    }

    /// Whether bytes of this origin go on from what is there: it says the same as before, or it is
    /// a new one and the hash tells in the end.
    pub(super) fn admits(&self, origin: &Origin, is_known: bool) -> bool {
        let old = self.validator(&origin.mirror);
        match (old, origin.validator.as_deref()) {
            (Some(old), Some(new)) if old == new => true,
            (Some(_), Some(_)) => is_known && !self.has(&origin.mirror),
            _ => is_known,
        }
    }

    pub(super) fn has(&self, mirror: &str) -> bool {
        self.origins.iter().any(|origin| origin.mirror == mirror)
    }

    pub(super) fn done(&self) -> u64 {
        self.parts.iter().map(|part| part.done).sum()
    }

    pub(super) fn is_done(&self) -> bool {
        self.parts.iter().all(Part::is_done)
    }

    /// How many bytes are there without a gap, from the beginning on.
    fn prefix(&self) -> u64 {
        let gap = self.parts.iter().find(|part| !part.is_done());
        gap.map_or(self.size, Part::at)
    }

    /// Whether the parts are those of one file that is `size` long; the file may be damaged.
    fn is_sound(&self) -> bool {
        let mut at = 0;
        let fits = self.parts.iter().all(|part| {
            let fits = part.start == at && part.start < part.end;
            at = part.end;
            fits && part.done <= part.end - part.start
        });
        fits && at == self.size
    }
}

/// A file that is coming.
pub(super) struct Partial {
    pub(super) fact: Fact,
    /// None before the first answer.
    pub(super) resume_state: Option<ResumeState>,
    /// Whether some of it came in an earlier download.
    pub(super) is_resumed: bool,
    whole: PathBuf,
    path: PathBuf,
    state_path: PathBuf,
    file: Option<File>,
    sha256: Sha256,
    n_hashed: u64,
}

impl Partial {
    /// A file in this folder, as an earlier download left it.
    pub(super) fn open(folder: &Path, fact: Fact) -> Result<Self, Error> {
        let path = folder.join(format!("{}.partial", fact.name));
        let state_path = folder.join(format!("{}.{EXTENSION}", fact.name));
        let mut partial = Self {
            whole: folder.join(&fact.name),
            fact,
            resume_state: None,
            is_resumed: false,
            path,
            state_path,
            file: None,
            sha256: Sha256::new(),
            n_hashed: 0,
        };
        partial.resume_state = partial.left_behind();
        partial.is_resumed = partial.resume_state.is_some();
        if !partial.is_resumed {
            partial.reset()?;
        }
        Ok(partial)
    }

    /// How much of a file is there.
    pub(super) fn came(folder: &Path, fact: &Fact) -> u64 {
        let text = fs::read(folder.join(format!("{}.{EXTENSION}", fact.name)));
        let resume_state = text
            .ok()
            .and_then(|text| serde_json::from_slice::<ResumeState>(&text).ok());
        resume_state.map_or(0, |resume_state| resume_state.done())
    }

    /// The resume state on disk, where the download can go on from it.
    fn left_behind(&self) -> Option<ResumeState> {
        let resume_state: ResumeState =
            serde_json::from_slice(&fs::read(&self.state_path).ok()?).ok()?;
        let is_this = self.fact.size.is_none_or(|size| size == resume_state.size);
        let has_validator = resume_state.origins.first()?.validator.is_some();
        let can_go_on = has_validator || self.fact.sha256.is_some();
        let written = resume_state
            .parts
            .iter()
            .filter(|part| part.done > 0)
            .map(Part::at);
        let is_there = fs::metadata(&self.path).ok()?.len() >= written.max()?;
        (is_this && can_go_on && is_there && resume_state.is_sound()).then_some(resume_state)
    }

    /// Bytes still to come, as far as it is known.
    pub(super) fn missing(&self) -> u64 {
        match &self.resume_state {
            Some(resume_state) => resume_state.size - resume_state.done(),
            None => self.fact.size.unwrap_or(0),
        }
    }

    /// Forgets what is there.
    pub(super) fn reset(&mut self) -> Result<(), Error> {
        self.file = None;
        self.resume_state = None;
        self.is_resumed = false;
        self.sha256 = Sha256::new();
        self.n_hashed = 0;
        remove(&self.state_path)?;
        remove(&self.path)
    }

    /// Writes bytes that follow those of a part.
    pub(super) fn write(&mut self, part: usize, bytes: &[u8]) -> Result<(), Error> {
        let resume_state = self
            .resume_state
            .as_ref()
            .expect("whoever writes has asked for a part");
        let at = resume_state.parts[part].at();
        let write = |file: &mut File| {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(bytes)
        };
        self.on_file(write)?;
        let resume_state = self.resume_state.as_mut().expect("as above");
        resume_state.parts[part].done += bytes.len() as u64;
        if at == self.n_hashed {
            self.sha256.update(bytes);
            self.n_hashed += bytes.len() as u64;
            return Ok(());
        }
        self.follow().map(|_| ())
    }

    /// Hashes some of what is there without a gap; whether that was all of the file.
    pub(super) fn follow(&mut self) -> Result<bool, Error> {
        const MOST: u64 = 8 << 20;
        let Some(resume_state) = &self.resume_state else {
            return Ok(false);
        };
        let (size, from) = (resume_state.size, self.n_hashed);
        let n = (resume_state.prefix() - from).min(MOST);
        let mut bytes = vec![0; usize::try_from(n).expect("at most a few MiB")];
        self.on_file(|file| {
            file.seek(SeekFrom::Start(from))?;
            file.read_exact(&mut bytes)
        })?;
        self.sha256.update(&bytes);
        self.n_hashed += n;
        Ok(self.n_hashed == size)
    }

    /// Puts what is there on disk, then says so in the resume state.
    pub(super) fn save(&mut self) -> Result<(), Error> {
        let Some(resume_state) = self
            .resume_state
            .as_ref()
            .filter(|resume_state| resume_state.done() > 0)
        else {
            return Ok(());
        };
        let text = serde_json::to_vec(resume_state).expect("strings and numbers become JSON");
        self.on_file(|file| file.sync_data())?;
        write_whole(&self.state_path, &text)
    }

    /// SHA-256 of the whole file, once [`follow`](Self::follow) has come to its end.
    pub(super) fn digest(&self) -> String {
        hex(self.sha256.clone())
    }

    /// Gives the file its name.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        self.on_file(|file| file.sync_all())?;
        self.file = None;
        rename(&self.path, &self.whole)?;
        remove(&self.state_path)
    }

    fn on_file(&mut self, act: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), Error> {
        let run = || {
            if self.file.is_none() {
                let mut options = OpenOptions::new();
                options.read(true).write(true).create(true).truncate(false);
                self.file = Some(options.open(&self.path)?);
            }
            act(self.file.as_mut().expect("it was just opened"))
        };
        run().map_err(|error| Error::disk(&self.path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, Partial, ResumeState};
    use crate::Fact;

    fn fact(sha256: Option<&str>) -> Fact {
        Fact {
            name: "f".into(),
            size: Some(10),
            sha256: sha256.map(str::to_owned),
        }
    }

    fn origin(mirror: &str, validator: &str) -> Origin {
        Origin {
            mirror: mirror.into(),
            validator: (!validator.is_empty()).then(|| validator.into()),
        }
    }

    #[test]
    fn bytes_go_on_from_the_same_content_or_where_the_hash_will_tell() {
        let resume_state = ResumeState::new(10, origin("m", "v"), 4);
        let check = |mirror, validator, unknown, known| {
            let origin = origin(mirror, validator);
            assert_eq!(resume_state.admits(&origin, false), unknown, "{origin:?}");
            assert_eq!(resume_state.admits(&origin, true), known, "{origin:?}");
        };
        check("m", "v", true, true);
        check("m", "w", false, false);
        check("m", "", false, true);
        check("n", "v", true, true);
        check("n", "w", false, true);
        check("n", "", false, true);
    }

    #[test]
    fn parts_written_in_any_order_are_hashed_in_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let mut partial = Partial::open(folder.path(), fact(None)).unwrap();
        partial.resume_state = Some(ResumeState::new(10, origin("m", "v"), 4));
        for (part, bytes) in [(2, "89"), (0, "01"), (1, "4567"), (0, "23")] {
            partial.write(part, bytes.as_bytes()).unwrap();
        }
        assert!(partial.follow().unwrap());
        // The SHA-256 of `0123456789`, by another program.
        let expected = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882";
        assert_eq!(partial.digest(), expected);
        partial.settle().unwrap();
        assert_eq!(
            std::fs::read(folder.path().join("f")).unwrap(),
            b"0123456789"
        );
    }

    #[test]
    fn what_was_saved_is_gone_on_from_only_where_that_is_safe() {
        let check = |spoil: fn(&mut ResumeState), known: Option<&str>, resumes: bool| {
            let folder = tempfile::tempdir().unwrap();
            let mut partial = Partial::open(folder.path(), fact(known)).unwrap();
            partial.resume_state = Some(ResumeState::new(10, origin("m", "v"), 4));
            partial.write(0, b"012").unwrap();
            spoil(partial.resume_state.as_mut().unwrap());
            partial.save().unwrap();
            drop(partial);
            let partial = Partial::open(folder.path(), fact(known)).unwrap();
            assert_eq!(partial.is_resumed, resumes);
            assert_eq!(partial.missing(), if resumes { 7 } else { 10 });
        };
        check(|_| (), None, true);
        check(
            |resume_state| resume_state.origins[0].validator = None,
            Some("hash"),
            true,
        );
        check(
            |resume_state| resume_state.origins[0].validator = None,
            None,
            false,
        );
        check(|resume_state| resume_state.size = 11, None, false);
        check(|resume_state| resume_state.parts[1].start = 5, None, false);
        check(|resume_state| resume_state.parts[0].done = 5, None, false);
        check(|resume_state| resume_state.parts[2].done = 2, None, false);
    }
}
