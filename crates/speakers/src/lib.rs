//! Who speaks when: a [`Diarizer`] takes the samples of a recording and returns the [`Turn`]s of
//! its speakers.
//!
//! Windows of 10 s are searched for up to three voices (`segmentation`). Pieces in which one voice
//! speaks alone become embeddings (`embedding`), which are clustered into speakers (`cluster`). The
//! windows, which overlap, are joined into the speakers of each frame (`joint`), and these become
//! turns.
//!
//! Both networks run on the processor, on plain slices: a layer is a product of views into its
//! input (`product`), so that nothing is copied.

#![expect(
    clippy::inline_always,
    reason = "functions called in a loop must be inlined to vectorise"
)]

mod cluster;
mod diarizer;
mod embedding;
mod error;
mod fbank;
mod joint;
mod product;
mod segmentation;
#[cfg(feature = "test-support")]
pub mod stages;
mod turns;
mod vector;
mod weights;
mod window;

use std::ops::RangeInclusive;

use earmark_transcript::Ms;

pub use self::diarizer::Diarizer;
pub use self::error::Error;

use self::embedding::Embedder;
use self::segmentation::Segmentation;

/// The most speakers that are told apart.
pub const MOST_SPEAKERS: usize = 20;

/// How many people speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count(RangeInclusive<usize>);

impl Count {
    /// The number is found, up to [`MOST_SPEAKERS`].
    pub fn auto() -> Self {
        Self(1..=MOST_SPEAKERS)
    }

    /// A number, or one between two; `None` if it is not within 1 to [`MOST_SPEAKERS`].
    pub fn new(range: RangeInclusive<usize>) -> Option<Self> {
        let (least, most) = (*range.start(), *range.end());
        (1 <= least && least <= most && most <= MOST_SPEAKERS).then_some(Self(range))
    }

    pub(crate) fn least(&self) -> usize {
        *self.0.start()
    }

    pub(crate) fn most(&self) -> usize {
        *self.0.end()
    }
}

/// A stretch in which a speaker speaks. Turns of different speakers may overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The number of the speaker, from 0 in the order in which they first speak.
    pub speaker: usize,
    /// Start, from the beginning of the recording.
    pub start: Ms,
    /// End, from the beginning of the recording.
    pub end: Ms,
}

/// Both networks.
pub struct Models {
    segmentation: Segmentation,
    embedder: Embedder,
}

impl Models {
    /// Unpacks the networks that the program carries.
    ///
    /// Errors: [`Error::Model`].
    pub fn load() -> Result<Self, Error> {
        let segmentation = include_bytes!("../../../models/speakers/segmentation.safetensors");
        let embedding = include_bytes!("../../../models/speakers/embedding.safetensors");
        Ok(Self {
            segmentation: Segmentation::new(segmentation)?,
            embedder: Embedder::new(embedding)?,
        })
    }
}
