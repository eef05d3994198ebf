//! `cargo bench --workspace --bench journey`: a random checkpoint of the 0.6B shape goes the
//! whole way from a download to being unloaded, and then how long a start takes.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use earmark_test_checkpoint::Shape;
use earmark_tests::{journey, root};

fn main() {
    let report = journey::travel(&Shape::QWEN3_ASR_0_6B, &root().join("samples/en-01.flac"));
    for (name, spent) in &report.steps {
        println!("{name:<36} {:7.2} s", spent.as_secs_f64());
    }
    let [before, most, after] = report.memory.map(|bytes| bytes as f64 / 1e6);
    println!("memory: {before:.0} MB before, {most:.0} MB with a model, {after:.0} MB after");
    for [while_loading, from_copy] in &report.texts {
        assert_eq!(while_loading, from_copy, "the copy gives another text");
    }
    println!("every copy gives the text of its original");
}
