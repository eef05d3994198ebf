//! A memory source gives samples that are in memory already.

use crate::{Error, SAMPLE_RATE, Source};

/// Samples in memory as a [`Source`], in blocks of one second.
pub struct MemorySource<S> {
    samples: S,
    n_given: usize,
    n_block: usize,
    warnings: Vec<String>,
}

impl<S: AsRef<[f32]>> MemorySource<S> {
    /// The samples from the first on.
    pub fn new(samples: S) -> Self {
        Self {
            samples,
            n_given: 0,
            n_block: SAMPLE_RATE as usize,
            warnings: Vec::new(),
        }
    }

    /// The same in blocks of `n_block` samples; 0 counts as 1.
    #[must_use]
    pub fn in_blocks_of(mut self, n_block: usize) -> Self {
        self.n_block = n_block.max(1);
        self
    }

    /// The same with a warning.
    #[must_use]
    pub fn with_warning(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }
}

impl<S: AsRef<[f32]>> Source for MemorySource<S> {
    fn next_block(&mut self) -> Result<Option<Vec<f32>>, Error> {
        let rest = &self.samples.as_ref()[self.n_given..];
        let block = &rest[..rest.len().min(self.n_block)];
        self.n_given += block.len();
        Ok((!block.is_empty()).then(|| block.to_vec()))
    }

    fn n_total(&self) -> Option<u64> {
        Some(self.samples.as_ref().len() as u64)
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

#[cfg(test)]
mod tests {
    use super::MemorySource;
    use crate::Source as _;

    #[test]
    fn every_sample_comes_once_and_the_last_block_is_shorter() {
        let mut source = MemorySource::new([0.0, 0.1, 0.2, 0.3, 0.4]).in_blocks_of(2);
        let blocks = std::iter::from_fn(|| source.next_block().unwrap()).collect::<Vec<_>>();
        assert_eq!(blocks, [vec![0.0, 0.1], vec![0.2, 0.3], vec![0.4]]);
        assert_eq!(source.next_block().unwrap(), None);
        assert_eq!(source.n_total(), Some(5));
    }
}
