//! The results of a recogniser's benchmark, as a table and as JSON.

use std::time::Duration;

use earmark_engine::{Recognizer, SAMPLE_RATE, StorageReport, Timings, Work};
use serde::Serialize;

use super::machine::{self, Machine};

/// Raw measurements of a benchmark.
pub(crate) struct Measured<'a> {
    pub(crate) recognizer: &'a Recognizer,
    pub(crate) machine: Machine,
    pub(crate) n_samples: usize,
    pub(crate) n_tokens: usize,
    pub(crate) load: Duration,
    pub(crate) total: Duration,
    pub(crate) timings: Timings,
    pub(crate) resident_after_load: Option<f64>,
}

/// The results; field names are part of the JSON output.
#[derive(Serialize)]
pub(crate) struct Report {
    load_ms: f64,
    mel_ms: f64,
    encoder_ms: f64,
    prefill_ms: f64,
    decode_ms_per_token: f64,
    total_ms: f64,
    audio_ms: f64,
    rtf: f64,
    peak_rss_mb: Option<f64>,
    dtype: &'static str,
    threads: usize,
    device: String,
    tokens: usize,
    matrices: usize,
    matrices_in_dtype: usize,
    memory_mb: Memory,
    read_gb_s: f64,
    matmul_f32_gflops: f64,
    /// Time per token divided by the time needed to read the weights once; 1 is the limit.
    decode_over_bandwidth_limit: f64,
    /// Time of encoder and prefill divided by the time their work takes at the f32 rate.
    encoder_prefill_over_f32_limit: f64,
}

/// Memory after loading, by use.
#[derive(Serialize)]
struct Memory {
    /// The stored matrices, without those in a mapped file.
    weights: f64,
    /// Repacked tiles of quantised matrices.
    repacked: f64,
    /// Everything else: code, tables, mapped pages.
    rest: Option<f64>,
}

impl Report {
    pub(crate) fn new(measured: &Measured<'_>) -> anyhow::Result<Self> {
        let &Measured {
            recognizer,
            machine,
            n_samples,
            n_tokens,
            load,
            total,
            timings,
            ..
        } = measured;
        let Work {
            encoder_flops,
            prefill_flops,
            decode_bytes,
        } = recognizer.work(n_samples)?;
        let StorageReport {
            n_as_asked,
            n_matrices,
            n_bytes,
            n_mapped_bytes,
            n_repacked_bytes,
        } = recognizer.model().storage_report();
        let audio_ms = n_samples as f64 * 1000.0 / f64::from(SAMPLE_RATE);
        let per_token = ms(timings.decode) / n_tokens.saturating_sub(1).max(1) as f64;
        let floor_ms = decode_bytes as f64 / machine.read_gb_s / 1e6;
        let arithmetic_ms = (encoder_flops + prefill_flops) / machine.matmul_gflops / 1e6;
        let weights = (n_bytes - n_mapped_bytes) as f64 / 1e6;
        let repacked = n_repacked_bytes as f64 / 1e6;
        Ok(Self {
            load_ms: ms(load),
            mel_ms: ms(timings.mel),
            encoder_ms: ms(timings.encoder),
            prefill_ms: ms(timings.prefill),
            decode_ms_per_token: per_token,
            total_ms: ms(total),
            audio_ms,
            rtf: ms(total) / audio_ms,
            peak_rss_mb: machine::peak_mb(),
            dtype: recognizer.model().dtype().name(),
            threads: earmark_engine::n_threads(),
            device: recognizer.model().device(),
            tokens: n_tokens,
            matrices: n_matrices,
            matrices_in_dtype: n_as_asked,
            memory_mb: Memory {
                weights,
                repacked,
                rest: measured
                    .resident_after_load
                    .map(|all| all - weights - repacked),
            },
            read_gb_s: machine.read_gb_s,
            matmul_f32_gflops: machine.matmul_gflops,
            decode_over_bandwidth_limit: per_token / floor_ms,
            encoder_prefill_over_f32_limit: (ms(timings.encoder) + ms(timings.prefill))
                / arithmetic_ms,
        })
    }

    pub(crate) fn table(&self) -> String {
        let mb = |value: Option<f64>| value.map_or_else(|| "?".into(), |mb| format!("{mb:.0} MB"));
        [
            ("device", format!("{}, {}", self.device, self.dtype)),
            (
                "matrices",
                format!(
                    "{} of {} in {}",
                    self.matrices_in_dtype, self.matrices, self.dtype
                ),
            ),
            (
                "computer",
                format!(
                    "reads {:.1} GB/s, multiplies {:.0} GFLOP/s in f32",
                    self.read_gb_s, self.matmul_f32_gflops
                ),
            ),
            ("load", format!("{:.0} ms", self.load_ms)),
            ("mel", format!("{:.1} ms", self.mel_ms)),
            ("encoder", format!("{:.0} ms", self.encoder_ms)),
            ("prefill", format!("{:.0} ms", self.prefill_ms)),
            (
                "",
                format!(
                    "{:.2} times the f32 limit",
                    self.encoder_prefill_over_f32_limit
                ),
            ),
            (
                "decode",
                format!(
                    "{:.1} ms a token, {} tokens",
                    self.decode_ms_per_token, self.tokens
                ),
            ),
            (
                "",
                format!(
                    "{:.2} times the bandwidth limit",
                    self.decode_over_bandwidth_limit
                ),
            ),
            (
                "total",
                format!(
                    "{:.2} s for {:.2} s of audio, real-time factor {:.3}",
                    self.total_ms / 1e3,
                    self.audio_ms / 1e3,
                    self.rtf
                ),
            ),
            (
                "memory",
                format!(
                    "{:.0} MB weights, {:.0} MB repacked, {} rest, {} at the peak",
                    self.memory_mb.weights,
                    self.memory_mb.repacked,
                    mb(self.memory_mb.rest),
                    mb(self.peak_rss_mb)
                ),
            ),
        ]
        .map(|(name, value)| format!("{name:<9} {value}"))
        .join("\n")
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
