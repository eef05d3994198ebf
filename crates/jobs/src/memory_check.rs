//! MemoryCheck is the memory of this computer, beside what a model will take of it.

use earmark_engine::memory_estimate::{self, Estimate};
use earmark_engine::{Dtype, Memory, SAMPLE_RATE, Settings};
use earmark_pipeline::Policy;
use earmark_weights::LocalCheckpoint;

use crate::checkpoint::checkpoint;
use crate::{Code, Failure};

/// The memory of this computer. Units: bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryCheck {
    /// All of it; `None` where the system does not say.
    pub(crate) total: Option<u64>,
    /// What other programs leave or would give up.
    pub(crate) available: Option<u64>,
}

impl MemoryCheck {
    /// Looks at this computer.
    pub(crate) fn look() -> Self {
        let memory = Memory::look();
        Self {
            total: memory.map(|memory| memory.bytes),
            available: memory.map(|memory| memory.available_bytes),
        }
    }

    /// A sentence to say before models are loaded together, where memory may not be enough for
    /// clips of up to so many seconds.
    ///
    /// Errors: the computer has less memory than they take; the message says what would do. What
    /// is wrong with the models' files is left to loading them.
    pub(crate) fn check(
        &self,
        models: &[&LocalCheckpoint],
        settings: Settings,
        longest_chunk_s: u32,
    ) -> Result<Option<String>, Failure> {
        let needed = |dtype: Option<Dtype>| {
            let settings = Settings {
                dtype: dtype.or(settings.dtype),
                ..settings
            };
            self::needed(models, settings, longest_chunk_s)
        };
        let Some(bytes) = needed(None) else {
            return Ok(None);
        };
        let title = models.first().map_or("", |model| model.title.as_str());
        let is_less = |room: Option<u64>| room.filter(|room| *room < bytes);
        let smaller = needed(Some(Dtype::Q4K)).filter(|less| *less < bytes);
        let advice = smaller.map_or_else(
            || "choose a smaller model or shorter pieces".to_owned(),
            |less| {
                format!(
                    "with q4_k it would be about {}; or choose a smaller model",
                    gb(less)
                )
            },
        );
        if let Some(total) = is_less(self.total) {
            return Err(Failure::new(
                Code::Engine,
                format!(
                    "{title} needs about {} of memory and this computer has {}: {advice}",
                    gb(bytes),
                    gb(total)
                ),
            ));
        }
        Ok(is_less(self.available).map(|available| {
            format!(
                "{title} needs about {} of memory and {} are free, so this may be slow: close other \
                 programs, or {advice}",
                gb(bytes),
                gb(available)
            )
        }))
    }

    /// Whether models fit into the memory that is free now; not if the system does not say how
    /// much that is.
    pub(crate) fn fits(
        &self,
        models: &[&LocalCheckpoint],
        settings: Settings,
        longest_chunk_s: u32,
    ) -> bool {
        let needed = needed(models, settings, longest_chunk_s);
        needed.is_none_or(|bytes| self.available.is_some_and(|free| bytes <= free))
    }
}

/// Memory that models take together at the peak, with chunks of up to so many seconds; `None` when
/// it cannot be told. Units: bytes.
pub fn needed(
    models: &[&LocalCheckpoint],
    settings: Settings,
    longest_chunk_s: u32,
) -> Option<u64> {
    let longest_clips = models.iter().map(|model| model.longest_clip_s);
    let policy = Policy::within(longest_clips.fold(longest_chunk_s, u32::min));
    let longest_s = (policy.limit + policy.search_ahead) as f64 / f64::from(SAMPLE_RATE);
    let estimate = |model: &&LocalCheckpoint| {
        memory_estimate::estimate(&checkpoint(model), settings, longest_s).ok()?
    };
    let all: Vec<Estimate> = models.iter().map(estimate).collect::<Option<_>>()?;
    let held: u64 = all.iter().map(|it| it.held).sum();
    let working = all.iter().map(|it| it.working).max().unwrap_or(0);
    Some(memory_estimate::PROGRAM + held + working)
}

/// Bytes as people read them.
fn gb(n_bytes: u64) -> String {
    format!("{:.1} GB", n_bytes as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use earmark_engine::{DeviceChoice, Settings};
    use earmark_weights::LocalCheckpoint;

    use super::{MemoryCheck, needed};
    use crate::Code;

    #[test]
    fn what_does_not_fit_is_refused_and_what_is_tight_is_said() {
        let demo = LocalCheckpoint::demo();
        let settings = Settings {
            device: DeviceChoice::Cpu,
            dtype: None,
        };
        let bytes = needed(&[&demo], settings, 15).unwrap();
        let check = |total, available| {
            let (total, available) = (Some(total), Some(available));
            MemoryCheck { total, available }.check(&[&demo], settings, 15)
        };
        assert_eq!(check(bytes + 1, bytes + 1).unwrap(), None);
        let note = check(bytes + 1, bytes - 1).unwrap().unwrap();
        assert!(
            note.contains("close other programs") && note.contains(&demo.title),
            "{note}"
        );
        let failure = check(bytes - 1, bytes - 1).unwrap_err();
        assert_eq!(failure.code, Code::Engine);
        assert!(failure.message.contains("this computer has"), "{failure}");
        let silent = MemoryCheck {
            total: None,
            available: None,
        };
        assert_eq!(silent.check(&[&demo], settings, 15).unwrap(), None);
        assert!(!silent.fits(&[&demo], settings, 15));
        let fits = |available| {
            let available = Some(available);
            MemoryCheck {
                available,
                ..silent
            }
            .fits(&[&demo], settings, 15)
        };
        assert_eq!([bytes - 1, bytes].map(fits), [false, true]);
    }
}
