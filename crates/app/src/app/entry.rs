//! One entry, opened to be read and corrected.

use std::path::PathBuf;

use earmark_store as store;
use earmark_transcript::{Transcript, context};

use super::App;
use crate::api::{Code, EntryId, Failure, Opened, Segment, Splice};
use crate::waveform_cache;

impl App {
    /// The transcript of an entry, and where its recording can be played.
    ///
    /// Errors: there is no such entry.
    pub fn open_entry(&self, id: EntryId) -> Result<Opened, Failure> {
        let id = store::EntryId(id);
        let revision = self.history.revision(id);
        let (entry, transcript) = self.history.read(|store| {
            Ok::<_, earmark_store::Error>((store.entry(id)?, store.transcript(id)?))
        })?;
        let expected = context::heard(&entry.asked.context, &transcript.text);
        let recording = Some(&entry.asked.source).filter(|source| source.is_file());
        let audio_url = recording.and_then(|it| self.shell.get()?.audio_url(id, it));
        Ok(Opened {
            expected: expected.into_iter().map(str::to_owned).collect(),
            entry: self.entries.view(&entry),
            segments: transcript.segments.iter().map(Segment::from).collect(),
            revision,
            audio_url,
        })
    }

    /// The recording of an entry.
    ///
    /// Errors: there is no such entry.
    pub fn recording(&self, id: EntryId) -> Result<PathBuf, Failure> {
        Ok(self
            .history
            .read(|store| store.entry(store::EntryId(id)))?
            .asked
            .source)
    }

    /// The waveform of an entry's recording, as the page reads it: the number of stretches in which
    /// somebody speaks, their starts and ends in ms, then the peaks. Numbers are `u32`, little end
    /// first.
    ///
    /// Errors: the recording cannot be read.
    pub fn waveform(&self, id: EntryId) -> Result<Vec<u8>, Failure> {
        waveform_cache::of(&self.waveforms(), store::EntryId(id), &self.recording(id)?)
    }

    /// Saves changes of a transcript that was opened at a revision; the revision it has now.
    ///
    /// Errors: it was changed elsewhere since.
    pub fn save(&self, id: EntryId, revision: u64, splices: Vec<Splice>) -> Result<u64, Failure> {
        let id = store::EntryId(id);
        let message = "the transcript was changed elsewhere; open it again";
        self.must_not_run(id, message)?;
        let (history, entries) = (self.history.clone(), self.entries.clone());
        self.history.write(move |store| {
            // Who saved before is done by now.
            if revision != history.revision(id) {
                return Err(Failure::new(Code::Conflict, message));
            }
            match <[Splice; 1]>::try_from(splices) {
                Ok([one]) => {
                    let with: Vec<_> = one.insert.into_iter().map(Into::into).collect();
                    let end = one.at.saturating_add(one.remove);
                    store.replace_segments(id, one.at..end, &with)?;
                }
                Err(splices) => {
                    let mut transcript = store.transcript(id)?;
                    for splice in splices {
                        apply(&mut transcript, splice)?;
                    }
                    store.save_transcript(id, &transcript)?;
                }
            }
            let revision = history.revise(id);
            entries.publish(store, id);
            Ok(revision)
        })
    }

    /// Calls an entry otherwise; an empty title is the file's name.
    ///
    /// Errors: there is no such entry.
    pub fn rename_entry(&self, id: EntryId, title: &str) -> Result<(), Failure> {
        let (title, entries) = (title.trim().to_owned(), self.entries.clone());
        let id = store::EntryId(id);
        self.history.write(move |store| {
            let source = store.entry(id)?.asked.source;
            let stem = source
                .file_stem()
                .unwrap_or(source.as_os_str())
                .to_string_lossy();
            let title = if title.is_empty() {
                &stem
            } else {
                title.as_str()
            };
            store.rename(id, title)?;
            entries.publish(store, id);
            Ok(())
        })
    }

    /// Where the waveforms of recordings are kept.
    pub(super) fn waveforms(&self) -> PathBuf {
        self.folder.join("outlines")
    }
}

/// Applies one change.
///
/// Errors: it is about segments that are not there.
fn apply(transcript: &mut Transcript, splice: Splice) -> Result<(), Failure> {
    let end = splice.at.saturating_add(splice.remove);
    if end > transcript.segments.len() {
        let message = "the transcript has fewer lines than were changed; open it again";
        return Err(Failure::new(Code::Conflict, message));
    }
    let with = splice.insert.into_iter().map(Into::into);
    transcript.segments.splice(splice.at..end, with);
    Ok(())
}
#[cfg(test)]
mod tests {
    use earmark_transcript::{Ms, Transcript};

    use super::apply;
    use crate::api::{Segment, Splice, Timing};

    fn segment(text: &str) -> Segment {
        Segment {
            start_ms: 0,
            end_ms: 1,
            text: text.into(),
            language: String::new(),
            timing: Timing::Piece,
            speaker: None,
            words: Vec::new(),
        }
    }

    #[test]
    fn changes_apply_in_order_and_never_beyond_the_end() {
        let segments = ["a", "b", "c"].map(|text| segment(text).into()).to_vec();
        let mut transcript = Transcript::assemble(Ms(9), segments, Vec::new());
        let mut change = |at, remove, texts: &[&str]| {
            let insert = texts.iter().map(|text| segment(text)).collect();
            apply(&mut transcript, Splice { at, remove, insert })
        };
        change(0, 2, &["ab"]).unwrap();
        change(2, 0, &["d"]).unwrap();
        assert!(change(3, 1, &[]).is_err());
        assert!(change(usize::MAX, 1, &[]).is_err());
        let texts: Vec<_> = transcript
            .segments
            .iter()
            .map(|it| it.text.as_str())
            .collect();
        assert_eq!(texts, ["ab", "c", "d"]);
    }
}
