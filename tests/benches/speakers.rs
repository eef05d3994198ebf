//! `cargo bench --workspace --bench speakers`: memory and time of telling speakers apart, for one
//! hour and for three.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::time::Instant;

use earmark_engine::process_memory;
use earmark_speakers::Models;
use earmark_tests::voices::{diarize_repeated, n_speakers, recording};

fn main() {
    let models = Models::load().expect("the networks are compiled in");
    let call = recording("30s_two_callers.flac");
    for hours in [1, 3] {
        let begun = Instant::now();
        let found = n_speakers(&diarize_repeated(&models, &call, hours * 3_600));
        let spent = begun.elapsed().as_secs_f64();
        let factor = hours as f64 * 3_600.0 / spent;
        let peak = process_memory::peak().unwrap_or(0) / 1_000_000;
        println!(
            "{hours} h: {found} speakers, {spent:.0} s, 1/{factor:.0} of real time, peak memory \
             {peak} MB"
        );
        assert!(peak < 700, "{peak} MB");
    }
}
