//! `cargo bench --workspace --bench live`: error rates of the demo on the samples live, in files,
//! and with the reference's streaming.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use earmark_tests::live::compare;

fn main() {
    println!("samples            recordings   file     live     the reference's streaming");
    for (name, prefixes) in [
        ("English, short", &["en-0", "en-1", "en-2"][..]),
        ("Chinese, short", &["zh-0", "zh-1", "zh-2"]),
        ("names", &["en-name", "zh-name"]),
        ("noise", &["en-noise", "zh-noise"]),
        ("English dialogue", &["en-dialogue"]),
        ("Chinese dialogue", &["zh-dialogue"]),
        ("switch", &["en-zh"]),
    ] {
        let misheard = compare(prefixes);
        let reference = misheard.reference.map(|it| format!("{it:5.1} %"));
        println!(
            "{name:18} {:10}   {:5.1} %  {:5.1} %  {}",
            misheard.n_samples,
            misheard.file,
            misheard.live,
            reference.as_deref().unwrap_or("too long for it")
        );
    }
}
