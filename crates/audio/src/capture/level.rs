//! Levels of blocks of samples.

/// Level of some samples.
///
/// Units: full scale is 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Level {
    /// The largest absolute sample.
    pub peak: f32,
    /// The root mean square.
    pub rms: f32,
}

impl Level {
    /// The level of `samples`; silence if there are none.
    pub fn of(samples: &[f32]) -> Self {
        let n = samples.len().max(1) as f32;
        let power = samples.iter().map(|s| s * s).sum::<f32>() / n;
        let peak = samples.iter().fold(0.0f32, |most, s| most.max(s.abs()));
        Self {
            peak,
            rms: power.sqrt(),
        }
    }
}
