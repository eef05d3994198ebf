//! `cargo bench --workspace --bench drift -- [HOURS]`: whether the times of a long recording
//! drift, and whether memory grows with it. Three hours by default.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::time::Instant;

use earmark_tests::drift::{Joined, measure};
use earmark_tests::root;

fn main() {
    let hours: f64 = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(3.0);
    let samples = root().join("samples");
    let wanted_ms = (hours * 3_600_000.0) as u32;
    let begun = Instant::now();
    let mut memory = Vec::new();
    let mut next_ms = 0;
    let joined = Joined::new(&samples, wanted_ms);
    let stretches = measure(joined, |done_ms| {
        if done_ms >= next_ms {
            memory.push(resident_mb());
            next_ms += 600_000;
        }
    });
    println!("minutes   words found   mean error   median");
    for (nth, stretch) in stretches.iter().enumerate() {
        println!(
            "{:4}      {:5} of {:5}   {:6.1} ms   {:4} ms",
            nth * 10,
            stretch.n_found,
            stretch.n_words,
            stretch.mean_ms,
            stretch.median_ms
        );
    }
    println!("resident memory every ten minutes, MB: {memory:.0?}");
    let spent = begun.elapsed().as_secs_f64();
    println!(
        "{spent:.0} s of work, real-time factor {:.4}",
        spent / hours / 3600.0
    );
}

/// Resident memory of this process. Units: MB; 0 if the system does not report it.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kb.unwrap_or(0.0) * 1024.0 / 1e6
}
