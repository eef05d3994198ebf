//! Four bidirectional recurrent layers (long short-term memory).
//!
//! What the gates get from the input is one product for all frames. What they get from the frame
//! before cannot be known earlier, so it is computed frame by frame, for all windows of a batch.

use super::N_BATCH;
use super::sincnet::N_FEATURES;
use crate::Error;
use crate::product::{Into, Rows, Weights};
use crate::vector::{sigmoid, tanh, vectorised};
use crate::weights::Tensors;

/// Numbers that a direction remembers.
const N_HIDDEN: usize = 128;
/// Numbers of all four gates: input, forget, cell, output.
const N_GATES: usize = 4 * N_HIDDEN;
/// Numbers of both directions.
pub(super) const N_OUT: usize = 2 * N_HIDDEN;
const N_LAYERS: usize = 4;

pub(super) struct Lstm {
    /// Both directions of each layer.
    layers: Vec<[Direction; 2]>,
}

struct Direction {
    n_in: usize,
    input: Weights,
    hidden: Weights,
    bias: Vec<f32>,
}

impl Lstm {
    /// Errors: [`Error::Model`].
    pub(super) fn new(tensors: &Tensors<'_>) -> Result<Self, Error> {
        let direction = |layer: usize, ending: &str| {
            let n_in = if layer == 0 { N_FEATURES } else { N_OUT };
            let name = |kind: &str| format!("lstm.{kind}_l{layer}{ending}");
            let bias = tensors.get(&name("bias_ih"), &[N_GATES])?;
            let more = tensors.get(&name("bias_hh"), &[N_GATES])?;
            Ok::<_, Error>(Direction {
                n_in,
                input: tensors.weights(&name("weight_ih"), n_in, N_GATES, &[])?,
                hidden: tensors.weights(&name("weight_hh"), N_HIDDEN, N_GATES, &[])?,
                bias: bias.iter().zip(more).map(|(a, b)| a + b).collect(),
            })
        };
        let layer = |n: usize| Ok([direction(n, "")?, direction(n, "_reverse")?]);
        let layers: Result<_, Error> = (0..N_LAYERS).map(layer).collect();
        Ok(Self { layers: layers? })
    }

    /// Shape: `[n_frames, N_BATCH, N_FEATURES]` to `[n_frames, N_BATCH, N_OUT]`.
    pub(super) fn apply(&self, mut rows: Vec<f32>) -> Vec<f32> {
        for [forward, backward] in &self.layers {
            let n = rows.len() / forward.n_in;
            let mut out = vec![0.0; n * N_OUT];
            let frames = 0..n / N_BATCH;
            forward.apply(&rows, frames.clone(), &mut out);
            backward.apply(&rows, frames.rev(), &mut out[N_HIDDEN..]);
            rows = out;
        }
        rows
    }
}

impl Direction {
    /// Writes its half of each row; `out` begins with the first number of that half.
    fn apply(&self, rows: &[f32], frames: impl Iterator<Item = usize>, out: &mut [f32]) {
        let n = rows.len() / self.n_in;
        let mut gates = self.bias.repeat(n);
        let rows = Rows {
            data: rows,
            stride: self.n_in,
            n,
        };
        self.input.multiply(rows, &mut gates, N_GATES, Into::Sum);
        let mut cells = [[0.0_f32; N_HIDDEN]; N_BATCH];
        let mut hidden = vec![0.0_f32; N_BATCH * N_HIDDEN];
        for frame in frames {
            let gates = &mut gates[frame * N_BATCH * N_GATES..][..N_BATCH * N_GATES];
            let before = Rows {
                data: &hidden,
                stride: N_HIDDEN,
                n: N_BATCH,
            };
            self.hidden.multiply(before, gates, N_GATES, Into::Sum);
            vectorised!({
                let windows = gates.chunks_exact(N_GATES).zip(&mut cells);
                for ((gates, cell), hidden) in windows.zip(hidden.chunks_exact_mut(N_HIDDEN)) {
                    step(gates, cell, hidden);
                }
            });
            for (window, hidden) in hidden.chunks_exact(N_HIDDEN).enumerate() {
                let begin = (frame * N_BATCH + window) * N_OUT;
                out[begin..begin + N_HIDDEN].copy_from_slice(hidden);
            }
        }
    }
}

/// The new memory and the output of one window.
#[inline(always)]
fn step(gates: &[f32], cell: &mut [f32; N_HIDDEN], hidden: &mut [f32]) {
    let gates = gates.as_chunks::<N_HIDDEN>().0;
    let hidden = &mut hidden[..N_HIDDEN];
    for n in 0..N_HIDDEN {
        let kept = sigmoid(gates[1][n]) * cell[n];
        cell[n] = sigmoid(gates[0][n]).mul_add(tanh(gates[2][n]), kept);
        hidden[n] = sigmoid(gates[3][n]) * tanh(cell[n]);
    }
}
